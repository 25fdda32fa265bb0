import { serviceToken } from './service-token.js';

export interface ArtifactRequest {
  /** What is kept, kebab-case, for instance `verilated-chip`. */
  readonly kind: string;
  /** Everything that the artifact depends on: sources, options, tool versions. */
  readonly inputs: readonly (string | Uint8Array)[];
  /** Fills an empty folder; called only when the store does not hold the artifact. */
  create(directory: string): Promise<void>;
}

export interface Artifact {
  /** Absolute path of a folder; read only. */
  readonly directory: string;
  /** False when it was created just now. */
  readonly reused: boolean;
}

/** Keeps what is expensive to make, by the content that it is made from. */
export interface ArtifactStore {
  /**
   * An artifact appears whole or not at all, whoever else makes the same one at the same time; one that is damaged is
   * made again.
   */
  obtain(request: ArtifactRequest): Promise<Artifact>;
  /** Where artifacts are kept. */
  readonly rootDirectory: string;
}
export const ArtifactStore = serviceToken<ArtifactStore>('ArtifactStore');
