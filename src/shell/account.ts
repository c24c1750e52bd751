// Who runs this, by the password file.
import { type UserInfo, userInfo } from "node:os";

/** Undefined where the user has no entry. Not kept: a start-up snapshot would keep it for everybody. */
export function account(): UserInfo<string> | undefined {
  try {
    return userInfo();
  } catch {
    return undefined;
  }
}
