/** An error whose message is written for the person who reads why a deployment failed. */
export class Explained extends Error {
  override readonly name = 'Explained';
}
