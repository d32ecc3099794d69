import type { CatalogueEntry } from "./error.ts";

/** What the server reports, and those who speak with it. */
export const serverErrors = {
  "server/store-unusable": {
    title: "the server's store cannot be used",
    severity: "fatal",
    remedy:
      "See that the data directory belongs to the server's account and is writable, or restore a backup.",
  },
  "server/store-full": {
    title: "the server's disk is full",
    severity: "error",
    remedy:
      "Make room where the data directory is, or give flows less (`bulkhead settings flows-size`). Nothing was changed; agents keep their reports and send them again.",
  },
  "server/store-newer": {
    title: "the store was written by a newer version",
    severity: "fatal",
    remedy: "Start the newer server, or restore a backup that this version made.",
  },
  "server/authority-unsafe": {
    title: "others can get at the authority's key",
    severity: "fatal",
    remedy: "Give the directory and the key to the server's account alone (chmod 0700 and 0600).",
  },
  "server/authority-unusable": {
    title: "the server's certificate authority cannot be used",
    severity: "fatal",
    remedy:
      "See that its directory is writable for the server's account. Restore a file that is missing or damaged from a backup; without its key every host has to join anew.",
  },
  "server/authority-out-of-time": {
    title: "the authority's root is not valid at this time",
    severity: "fatal",
    remedy: "See that this machine's clock is right; if it is, rotate the authority.",
  },
  "server/authority-rotation": {
    title: "the authority cannot be rotated, or its old root retired, at this point",
    severity: "error",
    remedy: "Wait until every host has a certificate from the new root, then retire the old one.",
  },
  "server/certificate-refused": {
    title: "no certificate can be made for this",
    severity: "error",
    remedy: "Ask with a P-256 or Ed25519 key and with names that a certificate can bear.",
  },
  "server/not-signed-in": {
    title: "nobody is signed in, or no longer",
    severity: "fatal",
    remedy:
      "Sign in with 'bulkhead login', or give an API token in BULKHEAD_TOKEN; on the server's machine, use --data-dir.",
  },
  "server/link-unusable": {
    title: "the sign-in link is of no use",
    severity: "error",
    remedy: "Ask for a new one on the server's machine.",
  },
  "server/role-too-low": {
    title: "the role is not enough for this",
    severity: "fatal",
    remedy: "Ask an administrator for a role that may do this, or for somebody who has it.",
  },
  "server/out-of-scope": {
    title: "this is beyond the segments that somebody is limited to",
    severity: "fatal",
    remedy: "Ask somebody without such a limit; drafts within the scope can be pushed.",
  },
  "server/no-provider": {
    title: "nobody signs in elsewhere here",
    severity: "error",
    remedy:
      "Sign in with a password; an administrator names an identity provider by `bulkhead identity set`.",
  },
  "server/provider-unreachable": {
    title: "the identity provider does not answer",
    severity: "error",
    remedy:
      "Try again. See that the server reaches the provider and trusts its certificate (`bulkhead identity test`); accounts with a password sign in without it.",
  },
  "server/provider-refused": {
    title: "the identity provider has refused",
    severity: "error",
    remedy:
      "Begin again. If it goes on, see the provider's own log: client, secret and return address have to be what is registered there (`bulkhead identity show`).",
  },
  "server/provider-untrusted": {
    title: "what the identity provider says cannot be believed",
    severity: "error",
    remedy:
      "Begin again. If it goes on, see that issuer, client and both clocks are right (`bulkhead identity test`); if they are, somebody answers in the provider's place.",
  },
  "server/sign-in-expired": {
    title: "this sign-in is over",
    severity: "error",
    remedy: "Begin again; each sign-in is good once, in the same browser, for ten minutes.",
  },
  "server/no-role": {
    title: "the identity provider gives no role here",
    severity: "error",
    remedy:
      "Ask whoever runs the provider for the right group, or an administrator here to give your group a role.",
  },
  "server/approval-needed": {
    title: "the version is not approved by enough people",
    severity: "error",
    remedy:
      "Have somebody who is not its author look at it (`bulkhead plan N`) and approve it (`bulkhead approve N`). In an emergency `bulkhead rollback` needs no approval, and alarms.",
  },
  "server/approval-refused": {
    title: "this approval is not taken",
    severity: "error",
    remedy:
      "An approver who is not the version's author signs in with password or provider (`bulkhead login --account NAME`) and approves it.",
  },
  "server/cross-site": {
    title: "the request does not come from the server's own page",
    severity: "error",
    remedy: "Use the server's own page, or an API token.",
  },
  "server/invalid-request": {
    title: "the server does not understand the request",
    severity: "error",
    remedy: "Mend what is named; GET /api/v1/openapi.json describes what the server takes.",
  },
  "server/unknown-path": {
    title: "the server has nothing at this path",
    severity: "error",
    remedy: "Use a bulkhead of the same version as the server.",
  },
  "server/no-dashboard": {
    title: "the dashboard has not been built",
    severity: "error",
    remedy:
      "Run `npm run build` in the checkout, and start the server again; the API and the command line work without it.",
  },
  "server/too-large": {
    title: "the request is larger than the server takes",
    severity: "error",
    remedy: "Send less at once.",
  },
  "server/too-many-requests": {
    title: "too many requests came from this address",
    severity: "fatal",
    remedy: "Wait a minute, and ask less often.",
  },
  "server/overloaded": {
    title: "the server has too much to do at the moment",
    severity: "fatal",
    remedy: "Ask again later; the server's metrics tell what keeps it busy.",
  },
  "server/not-ready": {
    title: "the server is not ready yet",
    severity: "fatal",
    remedy: "Wait until it is; its journal says what it waits for.",
  },
  "server/name-taken": {
    title: "the name is taken",
    severity: "error",
    remedy: "Choose another name, or revoke what has it.",
  },
  "server/unknown-token": {
    title: "there is no such token",
    severity: "error",
    remedy: "Name a token that is listed and not revoked.",
  },
  "server/listen-failed": {
    title: "the server cannot listen",
    severity: "fatal",
    remedy:
      "See that the address is this machine's, that the port is free, and that this account may use them.",
  },
  "server/already-running": {
    title: "another server answers in this data directory",
    severity: "fatal",
    remedy: "Stop it first, or choose another directory with --data-dir.",
  },
  "server/certificate-unusable": {
    title: "the server's certificate and key cannot be used",
    severity: "fatal",
    remedy: "Give a certificate in PEM with the key that belongs to it.",
  },
  "server/unreachable": {
    title: "the server cannot be reached",
    severity: "fatal",
    remedy: "See that it runs, that its address is right, and that nothing on the way blocks it.",
  },
  "server/no-permission": {
    title: "the server's socket is not for this account",
    severity: "fatal",
    remedy: "Run this as the server's account or as root, or sign in with 'bulkhead login'.",
  },
  "server/no-answer": {
    title: "the server's answer cannot be understood",
    severity: "fatal",
    remedy:
      "Ask again; if it happens again, see the server's journal, and use the same version on both sides.",
  },
  "server/false-server": {
    title: "what answers is not the server that was expected",
    severity: "fatal",
    remedy:
      "Nothing secret was sent. Find out who answers at this address; if the server has a new authority, sign in again with its fingerprint.",
  },
  "server/not-pinned": {
    title: "the server's authority is not known here",
    severity: "fatal",
    remedy:
      "Give the fingerprint that 'bulkhead serve' printed with --fingerprint, or a token that contains it.",
  },
  "server/no-address": {
    title: "it is not said which server to ask",
    severity: "error",
    remedy:
      "Name it with --server https://HOST:PORT or BULKHEAD_SERVER, or its data directory with --data-dir.",
  },
  "server/login-unusable": {
    title: "what was remembered of the sign-in cannot be used",
    severity: "fatal",
    remedy: "Make that file usable for your account, or sign in again with 'bulkhead login'.",
  },
  "server/no-host": {
    title: "no host of this name has joined",
    severity: "error",
    remedy: "`bulkhead hosts` lists those that have.",
  },
  "server/unknown-segment": {
    title: "the policy had no such segment",
    severity: "error",
    remedy:
      "See the segments of the versions that were in force: `bulkhead policies`, and the dashboard's policy page.",
  },
  "server/no-entry": {
    title: "the audit log has no such entry",
    severity: "error",
    remedy: "See `bulkhead audit list`.",
  },
  "server/no-alert": {
    title: "there is no such alert",
    severity: "error",
    remedy: "`bulkhead alerts --all` lists them with their numbers.",
  },
  "server/no-receiver": {
    title: "there is no such receiver",
    severity: "error",
    remedy: "`bulkhead receiver list` names those that there are.",
  },
  "server/receiver-refused": {
    title: "a receiver cannot be like this",
    severity: "error",
    remedy:
      "Mend what is named; `bulkhead receiver --help` has examples. Commands come from the file that `bulkhead serve --commands` names.",
  },
  "server/commands-unusable": {
    title: "the file of commands for alerts cannot be used",
    severity: "fatal",
    remedy: "Mend what is named; docs/exports.md has an example. Only its owner may write it (chmod go-w).",
  },
  "server/no-version": {
    title: "there is no such version of the policy",
    severity: "error",
    remedy: "`bulkhead policies` lists them.",
  },
  "server/trial-impossible": {
    title: "this version cannot be tried: there is nothing else to go back to",
    severity: "error",
    remedy:
      "Provision a version that only watches first (`mode: observe` at its top), or provision this one for good.",
  },
  "server/no-trial": {
    title: "no version of the policy is on trial",
    severity: "error",
    remedy:
      "`bulkhead provision NUMBER --trial 10m` begins one; `bulkhead history` shows what became of the last one.",
  },
  "server/invariant-broken": {
    title: "a version breaks an invariant of its own on the hosts that there are",
    severity: "error",
    remedy: "`bulkhead plan NUMBER` shows every flow that breaks it; change the rules, or the hosts' labels.",
  },
  "server/rollout-underway": {
    title: "a version is on its way to the hosts",
    severity: "error",
    remedy:
      "`bulkhead rollout` shows how far it is; wait for its end, or take it back with `bulkhead rollout abort`.",
  },
  "server/no-rollout": {
    title: "there is no such rollout, or none that is under way",
    severity: "error",
    remedy: "`bulkhead rollout list` lists them; `bulkhead provision NUMBER --waves 1,10%,100%` begins one.",
  },
  "server/rollout-impossible": {
    title: "this version cannot come to the hosts in waves",
    severity: "error",
    remedy:
      "Where nothing was active before, provision it at once: `bulkhead provision NUMBER`; where a version is on trial, `bulkhead confirm` or `bulkhead trial end` first.",
  },
  "server/version-unreadable": {
    title: "a version of the policy cannot be read by this server",
    severity: "fatal",
    remedy: "Start the version of the server that made it, or push the policy anew.",
  },
  "server/join-refused": {
    title: "the server refuses to let this host join",
    severity: "error",
    remedy: "Make a token that allows it: `bulkhead token create --help`.",
  },
  "server/host-taken": {
    title: "another host has joined by this name",
    severity: "error",
    remedy: "Join by another name with --as, or revoke the host that has it: `bulkhead host revoke NAME`.",
  },
  "server/host-refused": {
    title: "the server refuses this host's certificate",
    severity: "error",
    remedy: "See both clocks; where the host was revoked, join it again with a new token.",
  },
  "server/backup-failed": {
    title: "the backup could not be made, or put back",
    severity: "fatal",
    remedy:
      "Name a directory that is not there yet, on a disk with room, that the server's account may write. As a service it writes below /var/backups/bulkhead only, unless a drop-in of the unit names more in ReadWritePaths=.",
  },
} as const satisfies Record<string, CatalogueEntry>;
