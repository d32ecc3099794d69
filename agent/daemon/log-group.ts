/** The NFLOG group of the daemon's log statements, unless it is told another one. */
export const DAEMON_LOG_GROUP = 4747;
