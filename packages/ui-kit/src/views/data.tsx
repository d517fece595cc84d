import { toneOf, type UiNode } from '@imperal/contract/ui'
import { IconGlyph } from '../icons/icon-glyph.tsx'
import { Avatar, Badge } from '../parts/display.tsx'
import { CopyButton } from '../parts/states.tsx'
import { InnerNodes } from '../tree/node-view.tsx'
import type { ViewProps } from '../tree/view.ts'
import { say } from '../words.ts'

const TREND = {
  up: { icon: 'ArrowUp', words: 'Up' },
  down: { icon: 'ArrowDown', words: 'Down' },
  neutral: { icon: 'Minus', words: 'Unchanged' },
} as const

export function StatView({ props }: ViewProps<'Stat'>) {
  const trend = props.trend_direction === '' ? null : TREND[props.trend_direction]
  // The default colour is ink: a number is tinted only when its author says so.
  const tone = props.color === 'blue' ? undefined : toneOf(props.color)
  return (
    <div className="im-stat">
      <p className="im-stat-label">
        {props.icon ? <IconGlyph name={props.icon} size={14} /> : null}
        {props.label}
      </p>
      <p className="im-stat-value" data-tone={tone}>
        {props.value ?? '—'}
      </p>
      {props.trend ? (
        <p className="im-stat-trend" data-direction={props.trend_direction || undefined}>
          {trend ? (
            <>
              <IconGlyph name={trend.icon} size={12} />
              <span className="im-hidden">{say(trend.words)} </span>
            </>
          ) : null}
          {props.trend}
        </p>
      ) : null}
      {props.description ? <p className="im-stat-more">{props.description}</p> : null}
    </div>
  )
}

export function StatsView({ props }: ViewProps<'Stats'>) {
  const most = props.columns > 0 ? props.columns : Math.min(4, Math.max(1, props.children.length))
  return (
    <div className="im-stats" style={{ '--im-most': most } as React.CSSProperties}>
      <InnerNodes nodes={props.children} />
    </div>
  )
}

/** What a badge says: its label, or its value. */
export function badgeText(node: UiNode): string {
  const { label, value } = node.props
  if (typeof label === 'string' && label !== '') return label
  return value === undefined || value === null ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value)
}

export function BadgeView({ node, props }: ViewProps<'Badge'>) {
  return (
    <Badge tone={toneOf(props.color)} size={props.size} dot={props.dot}>
      {badgeText(node)}
    </Badge>
  )
}

const AVATAR_SIZE = { xs: 24, sm: 32, md: 40, lg: 56 } as const

export function AvatarView({ props }: ViewProps<'Avatar'>) {
  return (
    <Avatar
      name={props.name}
      fallback={props.fallback}
      src={props.src}
      size={AVATAR_SIZE[props.size]}
      shape={props.shape}
    />
  )
}

export function KeyValueView({ props }: ViewProps<'KeyValue'>) {
  return (
    <dl className="im-key-value" data-columns={props.columns}>
      {props.items.map((item, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: pairs have no identity but their place
        <div key={index}>
          <dt>{item.key}</dt>
          <dd>
            {item.value === null ? '—' : String(item.value)}
            {item.copyable && item.value !== null ? (
              <CopyButton text={String(item.value)} label={say('Copy {key}', { key: item.key })} />
            ) : null}
          </dd>
        </div>
      ))}
    </dl>
  )
}

export function TimelineView({ props }: ViewProps<'Timeline'>) {
  return (
    <ol className="im-timeline">
      {props.items.map((item, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: moments have no identity but their place
        <li key={index}>
          <span
            aria-hidden
            className="im-timeline-dot"
            data-tone={toneOf(item.color)}
            data-icon={item.icon !== '' || undefined}
          >
            {item.icon ? <IconGlyph name={item.icon} size={12} /> : null}
          </span>
          <div>
            <p className="im-timeline-title">{item.title}</p>
            {item.description ? <p className="im-timeline-text">{item.description}</p> : null}
            {item.time ? <p className="im-timeline-time">{item.time}</p> : null}
          </div>
        </li>
      ))}
    </ol>
  )
}
