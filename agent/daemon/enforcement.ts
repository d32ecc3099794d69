/** How far the kernel has come with what is desired, in the words of status and report. */

export interface EnforcementReport {
  /** `fell-back`: a policy on probation could not be confirmed, and the one before it is in force. */
  readonly state: "enforcing" | "degraded" | "starting" | "on-probation" | "fell-back";
  readonly why?: string;
  readonly retryAt?: string;
}

export const FELL_BACK: EnforcementReport = {
  state: "fell-back",
  why: "the server could not be reached through its policy: the one before it is in force",
};
export const TRIED: EnforcementReport = {
  state: "on-probation",
  why: "it is on trial: the kernel goes back by itself unless an operator confirms it",
};
export const LEFT_ALONE: EnforcementReport = {
  state: "on-probation",
  why: "it was on probation when the daemon started, and the server has not said anything of it since",
};
export const TRIAL_IS_OVER: EnforcementReport = {
  state: "fell-back",
  why: "its trial is over and nobody has confirmed it: the policy before it is in force",
};
