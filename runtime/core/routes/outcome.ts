/** How a deployment of routes ends. */
export type Outcome =
  | {
      readonly ok: true;
      /** Active Regions afterwards, when they could be read. */
      readonly active?: readonly string[];
      readonly drift: string;
      readonly proof: string;
      readonly sentence: string;
    }
  | {
      readonly ok: false;
      readonly reason: string;
      /** Something was sent, and whether it was done is not known; absent: nothing was. */
      readonly mayHaveMoved?: boolean;
    };
