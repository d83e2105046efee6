import { MemoryView, type ViewHandle } from "linearview";

/** Another thread: makes a view of a handle, changes it, grows its memory when asked, and says what it saw. */
onmessage = ({ data }: MessageEvent<{ handle: ViewHandle; grow: number; value: number }>) => {
  const view = MemoryView.fromHandle(data.handle);
  const seen = view.toList();
  if (data.grow > 0) data.handle.memory!.grow(data.grow);
  let refused = "";
  try {
    view.fill(data.value);
  } catch (error) {
    refused = (error as { code: string }).code;
  }
  postMessage({ seen, refused, shape: view.shape, strides: view.strides, format: view.format });
};
