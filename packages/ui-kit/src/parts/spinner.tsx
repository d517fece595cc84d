import { say } from '../words.ts'
/** A ring that turns; it stands still when motion is unwanted. Pair it with words. */
export function Spinner({ size = 16 }: { readonly size?: number }) {
  return <span aria-hidden className="im-spinner" style={{ width: size, height: size }} />
}

interface SkeletonProps {
  readonly rows?: number
  readonly height?: number
  /** What is awaited, for whoever hears the page. */
  readonly label?: string
}

/** Bars where rows will be. */
export function Skeleton({ rows = 4, height, label = say('Loading') }: SkeletonProps) {
  const widths = ['72%', '58%', '66%', '48%', '70%', '54%']
  return (
    <div
      className="im-skeleton"
      role="status"
      aria-busy="true"
      aria-label={label}
      style={height ? { height } : undefined}
    >
      {Array.from({ length: rows }, (_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: rows are all alike and never move
        <div key={row} className="im-skeleton-row">
          <span style={{ width: widths[row % widths.length] }} />
          <span style={{ width: '38%' }} />
        </div>
      ))}
    </div>
  )
}
