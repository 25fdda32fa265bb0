import { serviceToken } from './service-token.js';

/** Progress and messages for the person at the terminal. Results do not go here. */
export interface Log {
  /** Something is not as it should be, and work goes on. Shown even when quiet. */
  warn(message: string): void;
  /** A step begins or ends. */
  info(message: string): void;
  /** For those who ask for more. */
  detail(message: string): void;
  /** How far a long step is; `total` is absent when it is not known. */
  progress(label: string, done: number, total?: number): void;
}
export const Log = serviceToken<Log>('Log');
