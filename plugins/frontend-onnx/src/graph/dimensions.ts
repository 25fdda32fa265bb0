import { invalidGraph, openDimensions, unsupportedElementType } from '../errors.js';
import type { OnnxDimension, OnnxValueInfo } from '../protobuf/model.js';
import { checkElementCount } from '../protobuf/read-tensor.js';
import type { TensorType } from '../tensors/constant.js';
import { dataTypeName, findDataType } from '../tensors/data-types.js';

/** Sizes of symbolic dimensions: those that the user fixed, and the batch, which is set to 1. */
export class DimensionSizes {
  private readonly sizes: Map<string, number>;
  readonly notes: string[] = [];

  constructor(
    private readonly file: string,
    fixed: Readonly<Record<string, number>>,
  ) {
    this.sizes = new Map(Object.entries(fixed));
  }

  /** Type of a graph input with every dimension fixed; an error says how to fix those that are open. */
  inputType(input: OnnxValueInfo): TensorType {
    const type = findDataType(input.dataType ?? 0);
    if (type === undefined) throw unsupportedElementType(this.file, input.name, dataTypeName(input.dataType ?? 0));
    if (input.shape === undefined)
      throw invalidGraph(
        this.file,
        `Input '${input.name}' has no shape.`,
        input.name,
        input.byteOffset,
        'Export the model with fixed input sizes.',
      );
    const open: (string | number)[] = [];
    const shape = input.shape.map((extent, index) => {
      const size = this.resolve(extent);
      if (size !== undefined && size > 0) return size;
      if (index === 0 && input.shape !== undefined && input.shape.length > 1)
        return this.singleBatch(input.name, extent);
      open.push(typeof extent === 'string' ? extent : index);
      return 1;
    });
    if (open.length > 0) throw openDimensions(this.file, input.name, open);
    checkElementCount(this.file, input.name, shape, input.byteOffset);
    return { elementType: type.elementType, shape };
  }

  /** A declared size as a number; undefined when it is open. */
  resolve(extent: OnnxDimension): number | undefined {
    return typeof extent === 'string' ? this.sizes.get(extent) : extent;
  }

  private singleBatch(input: string, extent: OnnxDimension): number {
    if (typeof extent === 'string') this.sizes.set(extent, 1);
    this.notes.push(
      `The batch dimension${typeof extent === 'string' ? ` '${extent}'` : ''} of input '${input}' is open and was set to 1.`,
    );
    return 1;
  }
}
