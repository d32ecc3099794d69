/** Which passwords are not taken. Pure. */

export const SHORTEST_PASSWORD = 12;
/** Characters; longer texts are no password that anybody types. */
export const LONGEST_PASSWORD = 256;

/** Why a password is not taken, in words; undefined for one that is. */
export function passwordProblem(password: string, account: string): string | undefined {
  const length = [...password].length;
  if (length < SHORTEST_PASSWORD)
    return `a password has at least ${SHORTEST_PASSWORD} characters; this one has ${length}`;
  if (length > LONGEST_PASSWORD) return `a password has at most ${LONGEST_PASSWORD} characters`;
  if (new Set(password).size < 5) return "a password of so few different characters is soon guessed";
  if (password.toLowerCase().includes(account.toLowerCase()) && account.length >= 4)
    return "a password does not contain the account's name";
  return undefined;
}
