import { shapeMismatch } from '../errors.js';
import type { OnnxGraph, OnnxValueInfo } from '../protobuf/model.js';
import type { TensorType } from '../tensors/constant.js';
import { findDataType } from '../tensors/data-types.js';
import type { DimensionSizes } from './dimensions.js';

/** Types that the model states for its values: checked against the inferred ones, and used where those are not known. */
export class DeclaredTypes {
  private readonly infos = new Map<string, OnnxValueInfo>();

  constructor(private readonly file: string, graph: OnnxGraph, private readonly sizes: DimensionSizes) {
    for (const info of [...graph.valueInfos, ...graph.outputs]) {
      if (info.dataType !== undefined) this.infos.set(info.name, info);
    }
  }

  /** The stated type when it is complete. */
  find(name: string): TensorType | undefined {
    const info = this.infos.get(name);
    const elementType = findDataType(info?.dataType ?? 0)?.elementType;
    const shape = info?.shape?.map((extent) => this.sizes.resolve(extent));
    if (elementType === undefined || shape === undefined) return undefined;
    const known = shape.filter((extent): extent is number => extent !== undefined && extent >= 0);
    return known.length === shape.length ? { elementType, shape: known } : undefined;
  }

  /** Throws when the model states another type than the one that follows from the operators. */
  check(name: string, inferred: TensorType, node: string, operator: string): void {
    const info = this.infos.get(name);
    if (info === undefined) return;
    const stated = findDataType(info.dataType ?? 0);
    if (stated !== undefined && stated.elementType !== inferred.elementType) {
      throw this.contradiction(name, node, operator, `is declared as ${stated.name}, but the operator makes ${inferred.elementType}`, info);
    }
    const shape = info.shape?.map((extent) => this.sizes.resolve(extent));
    const agrees = shape === undefined || (shape.length === inferred.shape.length
      && shape.every((extent, index) => extent === undefined || extent < 0 || extent === inferred.shape[index]));
    if (!agrees) {
      const text = (info.shape ?? []).map((extent) => extent ?? '?').join(', ');
      throw this.contradiction(name, node, operator, `is declared with the shape [${text}], but the operator makes [${inferred.shape.join(', ')}]`, info);
    }
  }

  private contradiction(name: string, node: string, operator: string, what: string, info: OnnxValueInfo): Error {
    return shapeMismatch(
      this.file, node, operator, `its result '${name}' ${what}`,
      'The model contradicts itself: export it again, or remove its declared shapes and run onnx.shape_inference.', info.byteOffset,
    );
  }
}
