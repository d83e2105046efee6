import "linearview/image/worker";

/** Answers what is no message of the library. */
addEventListener("message", ({ data }) => {
  if (typeof data === "string") postMessage(data);
});
