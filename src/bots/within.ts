/** Waits for work to be done, but no longer than `ms`, and leaves no timer behind that would keep the process. */
export async function within(ms: number, work: Promise<unknown> | undefined): Promise<void> {
  if (!work) return
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms)
  })
  try {
    await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
