/** Where the API writes what an operator may want to know. pino's logger is one. No secret ever goes there: no headers, no bodies, no paths as they were sent. */
export interface Journal {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}
