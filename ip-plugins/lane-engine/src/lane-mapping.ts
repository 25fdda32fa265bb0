/** How a layer runs on the lane engine: for each range of groups, all tiles. A group is laneBlocks channel blocks. */
export interface LaneMapping {
  readonly tileHeight: number;
  readonly tileWidth: number;
  /** Groups of a range. */
  readonly rangeGroups: number;
}
