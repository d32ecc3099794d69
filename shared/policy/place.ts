/** Where something stands in the policy's text. `line` and `column` count from 1; `file` is as the user named it, or relative to the folder that the user named. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}
