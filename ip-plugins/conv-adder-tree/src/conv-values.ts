/** Values of an engine on a chip: its own parameters and those of the chassis that it reads. */
export interface ConvEngineValues {
  /** Input channels multiplied per cycle and bytes per word; the chassis'. */
  readonly channelBlock: number;
  readonly outputParallelism: number;
  readonly convRequantizeDivider: number;
  readonly activationDepth: number;
  readonly weightDepth: number;
  readonly convParameterDepth: number;
  readonly partialSumDepth: number;
  readonly convOutputDepth: number;
}
