import { accessSync, constants, lstatSync, realpathSync } from "node:fs";

/** Whether this process may start it; another user's session tells for that user. */
export function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return lstatSync(realpathSync(file)).isFile();
  } catch {
    return false;
  }
}
