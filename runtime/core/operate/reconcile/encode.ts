/** As S3 writes keys into its own lists, and wants them in the manifests of batch jobs: every byte but these, and the slashes. */
export function encodeKey(key: string): string {
  // A lone surrogate cannot be in a key of S3's, which is UTF-8; it must not end the list that it stands in.
  return encodeURIComponent(key.replace(LONE, '\ufffd')).replace(/[!'()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`).replace(/%2F/g, '/');
}

const LONE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;
