import { beyondLimit } from '../errors.js';
import { limits } from '../limits.js';
import type { OnnxDimension, OnnxValueInfo } from './model.js';
import { readFields, type Region } from './wire.js';

/** Reads a ValueInfoProto. */
export function readValueInfo(message: Region): OnnxValueInfo {
  let name = '';
  let dataType: number | undefined;
  let shape: OnnxDimension[] | undefined;
  readFields(message, 'ValueInfoProto', {
    1: field => {
      name = field.text();
    },
    2: type =>
      readFields(type.region(), 'TypeProto', {
        1: tensor =>
          readFields(tensor.region(), 'TypeProto.Tensor', {
            1: field => {
              dataType = field.integer();
            },
            2: field => {
              shape = readShape(field.region());
            },
          }),
      }),
  });
  return {
    name,
    byteOffset: message.offset,
    ...(dataType === undefined ? {} : { dataType }),
    ...(shape === undefined ? {} : { shape }),
  };
}

function readShape(message: Region): OnnxDimension[] {
  const shape: OnnxDimension[] = [];
  readFields(message, 'TensorShapeProto', {
    1: dimension => {
      let extent: OnnxDimension;
      readFields(dimension.region(), 'TensorShapeProto.Dimension', {
        1: field => {
          extent = field.integer();
        },
        2: field => {
          extent = field.text() || undefined;
        },
      });
      shape.push(extent);
    },
  });
  if (shape.length > limits.rank)
    throw beyondLimit(message.file, `A shape has ${shape.length} dimensions.`, undefined, message.offset);
  return shape;
}
