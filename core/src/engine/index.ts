export type { Engine, EngineLimit, EngineRtl } from './engine.js';
export { defineEngine, engineApiVersion, type EngineDefinition, type EngineParameter } from './engine-definition.js';
export { proposedSizes, scaledDepth, type EngineValues, type SizeRequest } from './engine-sizes.js';
export { noActivity, type EngineActivity, type MemoryTraffic } from './engine-activity.js';
export { foreignForm, type Bid, type CopyRequest } from './bid.js';
export { BufferRing, SlotCache, type BufferRange } from './buffer-slots.js';
export { emptyBuffer, fillBuffer } from './buffer-transfers.js';
export { weightPart, WeightReader, writeBiasesAndScales } from './constants.js';
export type { EngineBound } from './engine-bound.js';
export type { BankOrder, BufferOutputs, EngineBuffer, EngineMemories, PrivateMemory } from './engine-buffer.js';
export { createEngineMemories } from './engine-memories.js';
export { EnginePipeline } from './engine-pipeline.js';
export { bufferPorts, constantName, enginePorts, readPort, signalName, type EnginePort } from './engine-ports.js';
export {
  extractField,
  insertField,
  overflowingField,
  placeFields,
  usedBits,
  type InstructionField,
  type PlacedField,
} from './field-layout.js';
export { linearBox, tileBox, type MemoryBox, type TensorRegion } from './memory-box.js';
export { checkRange, rowsFault } from './memory-range.js';
export type { Emission, FeatureMapPlace, Plan } from './plan.js';
export { clamped, readBiasAndScale, requantized, requantizeLatencyCycles } from './requantize.js';
export { resultFields, type ResultTask } from './result-fields.js';
export {
  bufferAddressBits,
  coordinateBits,
  fitsField,
  heldValue,
  wrappedAddress,
  type Task,
  type TaskField,
} from './task-fields.js';
export type { BufferUses, TaskEmitter } from './task-emitter.js';
export type { Slot, Stage, TaskTiming } from './task-timing.js';
export { inputSpan, largestCoordinate, largestSpan, tileExtents, type InputSpan } from './tiles.js';
export { touchedMaps, touchedPositions, type TouchedMaps } from './touched-maps.js';
export { boxCycles, type TransferCost } from './transfer-cost.js';
export {
  windowFault,
  windowFields,
  windowPositions,
  windowSteps,
  windowStart,
  type WindowTask,
} from './window-fields.js';
export type {
  ConvolutionWork,
  DepthwiseWork,
  MaximumWork,
  Requantization,
  SumWork,
  Sweep,
  TableWork,
  TensorView,
  ValueTable,
  WeightSource,
  WindowGeometry,
  Work,
  WorkForm,
} from './work.js';
export { workTimings } from './work-timings.js';
