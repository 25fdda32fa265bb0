/** Values of an engine on a chip: its own parameters and those of the chassis that it reads. */
export interface LaneEngineValues {
  /** Channels and bytes of a word; the chassis'. */
  readonly channelBlock: number;
  readonly laneBlocks: number;
  readonly laneMultiply: number;
  readonly laneRequantizeDivider: number;
  readonly laneInputDepth: number;
  readonly laneWeightDepth: number;
  readonly laneParameterDepth: number;
  readonly laneOutputDepth: number;
}
