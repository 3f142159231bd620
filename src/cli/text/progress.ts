import { type Progress, type SlowedBy, slowedLine, textBar } from '../../app/progress.ts'
import { durationText, roughMs } from '../../engine/duration.ts'
import { textOfLines } from '../../messages/rich-text.ts'
import { textsFor } from '../../messages/texts/texts.ts'

const BAR_CELLS = 28

/** `████████░░░░  131/236  3 failed  18/min  6 min left` */
export function progressText(progress: Progress): string {
  const { total, settled, failed, waiting, perMinute, leftMs, slowedBy } = progress
  return [
    textBar(progress, BAR_CELLS, '█'),
    `${settled}/${total}`,
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(waiting > 0 ? [`${waiting} ${waiting === 1 ? 'waits' : 'wait'} for an answer`] : []),
    ...(perMinute === undefined ? [] : [`${rateText(perMinute)}/min`]),
    ...(leftMs === undefined ? [] : [`${durationText(roughMs(leftMs))} left`]),
    ...(slowedBy ? [slowedPart(slowedBy)] : []),
  ].join('  ')
}

function rateText(perMinute: number): string {
  return perMinute < 10
    ? perMinute.toFixed(1).replace(/\.0$/, '')
    : Math.round(perMinute).toLocaleString('en')
}

function slowedPart(slowedBy: SlowedBy): string {
  switch (slowedBy.kind) {
    case 'throttled':
      return `slowed to ${slowedBy.atOnce} at once: Dify says “too many requests”`
    case 'paced':
    case 'trouble':
    case 'queued':
    case 'silent':
      return textOfLines([slowedLine(slowedBy, textsFor('en'))])
  }
}
