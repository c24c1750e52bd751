import type { InitScreen } from "../shell/init.ts";
export const showInit: InitScreen = async () => undefined;
