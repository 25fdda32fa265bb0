/** What the command's thread starts with. */
export interface ThreadStart {
  readonly argv: readonly string[];
  /** Folder that `--plugin` paths are relative to. */
  readonly workingDirectory: string;
  /** Width of standard error where that is a terminal. */
  readonly errorColumns: number | undefined;
}

/** What the main thread asks of the command's thread. */
export type ToThread = { readonly kind: 'interrupt'; readonly exitCode: number } | { readonly kind: 'wake' };

/** What the command's thread tells the main thread. */
export type FromThread =
  | { readonly kind: 'output' | 'message'; readonly text: string }
  | { readonly kind: 'command'; readonly command: string }
  | { readonly kind: 'awake' };
