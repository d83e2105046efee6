/** A picture in a byte array: offset and strides in bytes, channels last. */
export interface PlainPicture {
  readonly bytes: Uint8Array;
  readonly offset: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly row: number;
  readonly pixel: number;
  readonly item: number;
}

/** Where channel `c` of pixel (x, y) is. */
export const at = (picture: PlainPicture, y: number, x: number, c: number): number =>
  picture.offset + y * picture.row + x * picture.pixel + c * picture.item;
