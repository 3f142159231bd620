/** A few bytes, and then the connection breaks. */
export function cutShort(): ReadableStream<Uint8Array> {
  let isBegun = false
  return new ReadableStream({
    async pull(controller) {
      if (!isBegun) controller.enqueue(new TextEncoder().encode('%PDF'))
      else {
        await Bun.sleep(20)
        controller.error(new Error('the connection breaks'))
      }
      isBegun = true
    },
  })
}
