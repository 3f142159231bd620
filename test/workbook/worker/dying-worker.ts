// A worker that does not do its job: how is in the name of the file that it is asked to read.
declare const self: Worker

self.addEventListener('message', ({ data }: MessageEvent<{ job: { file: { name: string } } }>) => {
  switch (data.job.file.name) {
    case 'exits':
      process.exit(1)
      break
    case 'throws':
      throw new Error('on purpose')
    case 'loops':
      for (;;);
    // oxlint-disable-next-line no-fallthrough -- it never gets here
    default: // says nothing
  }
})
