import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';
import { ChipError } from '@autodnnchip/core';
import { beyondLimit, damaged } from '../errors.js';

/** A stretch of a model file: the bytes of one message or of one data field. A view, never a copy. */
export interface Region {
  readonly file: string;
  readonly bytes: Uint8Array;
  /** Of the first byte, in the file. */
  readonly offset: number;
}

/** Reads the value of the field that `readFields` stands at; every method checks the wire type and the bounds. */
export interface FieldReader {
  readonly byteOffset: number;
  text(): string;
  region(): Region;
  /** A varint as a signed 64-bit integer; low bits are lost beyond 2^53. */
  integer(): number;
  float(): number;
  /** Gives the encoded values of a repeated numeric field: a packed run, or the single value. */
  values(decode: (run: Region) => void): void;
  /** Appends a repeated integer field, packed or not. */
  integersInto(target: number[], limit: number): void;
  /** Appends a repeated float field, packed or not. */
  floatsInto(target: number[], limit: number): void;
}

export type FieldHandlers = Readonly<Record<number, (field: FieldReader) => void>>;

/**
 * Walks the fields of one message. Fields without a handler are skipped.
 * Time and memory are linear in the region; whatever is wrong with the bytes becomes an ADC1011 with its offset.
 */
export function readFields(region: Region, message: string, handlers: FieldHandlers): void {
  const reader = new BinaryReader(region.bytes);
  const field = new CheckedField(region, message, reader);
  try {
    while (reader.pos < reader.len) {
      field.start = reader.pos;
      [field.number, field.wireType] = reader.tag();
      const handler = handlers[field.number];
      if (handler === undefined) reader.skip(field.wireType, field.number);
      else handler(field);
    }
  } catch (error) {
    if (error instanceof ChipError) throw error;
    throw damaged(
      region.file,
      `${message} field ${field.number} cannot be decoded`,
      region.offset + field.start,
      error,
    );
  }
}

class CheckedField implements FieldReader {
  start = 0;
  number = 0;
  wireType: WireType = WireType.Varint;

  constructor(
    private readonly parent: Region,
    private readonly message: string,
    private readonly reader: BinaryReader,
  ) {}

  get byteOffset(): number {
    return this.parent.offset + this.start;
  }

  text(): string {
    this.expect(WireType.LengthDelimited);
    return this.reader.string(true);
  }

  region(): Region {
    this.expect(WireType.LengthDelimited);
    const bytes = this.reader.bytes();
    return { file: this.parent.file, bytes, offset: this.parent.offset + this.reader.pos - bytes.length };
  }

  integer(): number {
    this.expect(WireType.Varint);
    return Number(this.reader.int64());
  }

  float(): number {
    this.expect(WireType.Bit32);
    return this.reader.float();
  }

  values(decode: (run: Region) => void): void {
    if (this.wireType === WireType.LengthDelimited) return decode(this.region());
    const bytes = this.reader.skip(this.wireType, this.number);
    decode({ file: this.parent.file, bytes, offset: this.parent.offset + this.reader.pos - bytes.length });
  }

  integersInto(target: number[], limit: number): void {
    this.repeated(target, limit, WireType.Varint, reader => Number(reader.int64()));
  }

  floatsInto(target: number[], limit: number): void {
    this.repeated(target, limit, WireType.Bit32, reader => reader.float());
  }

  private repeated(target: number[], limit: number, single: WireType, next: (reader: BinaryReader) => number): void {
    if (this.wireType === single) target.push(next(this.reader));
    else {
      this.expect(WireType.LengthDelimited);
      const packed = new BinaryReader(this.reader.bytes());
      while (packed.pos < packed.len && target.length <= limit) target.push(next(packed));
    }
    if (target.length > limit)
      throw beyondLimit(
        this.parent.file,
        `${this.message} field ${this.number} has more than ${limit} elements.`,
        undefined,
        this.byteOffset,
      );
  }

  private expect(wireType: WireType): void {
    if (this.wireType !== wireType)
      throw damaged(
        this.parent.file,
        `${this.message} field ${this.number} has wire type ${this.wireType} instead of ${wireType}`,
        this.byteOffset,
      );
  }
}
