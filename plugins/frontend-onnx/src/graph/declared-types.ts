import { shapeMismatch } from '../errors.js';
import type { OnnxGraph, OnnxValueInfo } from '../protobuf/model.js';
import type { TensorType } from '../tensors/constant.js';
import { findDataType } from '../tensors/data-types.js';
import type { DimensionSizes } from './dimensions.js';

/** Types that the model states for its values: held against the inferred ones, and used where those are not known. */
export class DeclaredTypes {
  /** Declared shapes that contradict the operators, one sentence each. */
  readonly notes: string[] = [];
  private readonly infos = new Map<string, OnnxValueInfo>();

  constructor(
    private readonly file: string,
    graph: OnnxGraph,
    private readonly sizes: DimensionSizes,
  ) {
    for (const info of [...graph.valueInfos, ...graph.outputs]) {
      if (info.dataType !== undefined) this.infos.set(info.name, info);
    }
  }

  /** The stated type when it is complete. */
  find(name: string): TensorType | undefined {
    const info = this.infos.get(name);
    const elementType = findDataType(info?.dataType ?? 0)?.elementType;
    const shape = info?.shape?.map(extent => this.sizes.resolve(extent));
    if (elementType === undefined || shape === undefined) return undefined;
    const known = shape.filter((extent): extent is number => extent !== undefined && extent >= 0);
    return known.length === shape.length ? { elementType, shape: known } : undefined;
  }

  /**
   * Throws when the model states another element type than the one that follows from the operators. A shape that does
   * not follow from them is noted and not used: ONNX Runtime does the same ("falling back to lenient merging"), and
   * onnx.shape_inference has written such shapes for pools with ceil_mode.
   */
  check(name: string, inferred: TensorType, node: string, operator: string): void {
    const info = this.infos.get(name);
    if (info === undefined) return;
    const stated = findDataType(info.dataType ?? 0);
    if (stated !== undefined && stated.elementType !== inferred.elementType) {
      throw shapeMismatch(
        this.file,
        node,
        operator,
        `its result '${name}' is declared as ${stated.name}, but the operator makes ${inferred.elementType}`,
        'The model contradicts itself: export it again.',
        info.byteOffset,
      );
    }
    const shape = info.shape?.map(extent => this.sizes.resolve(extent));
    const agrees =
      shape === undefined ||
      (shape.length === inferred.shape.length &&
        shape.every((extent, index) => extent === undefined || extent < 0 || extent === inferred.shape[index]));
    if (!agrees) {
      const text = (info.shape ?? []).map(extent => extent ?? '?').join(', ');
      this.notes.push(
        `The model declares '${name}' with the shape [${text}], but ${operator} '${node}' makes [${inferred.shape.join(', ')}]: the declared shape is not used.`,
      );
    }
  }
}
