// Who runs this, by the password file.
import { type UserInfo, userInfo } from "node:os";

/** Undefined where the user has no entry. */
export function account(): UserInfo<string> | undefined {
  try {
    return userInfo();
  } catch {
    return undefined;
  }
}
