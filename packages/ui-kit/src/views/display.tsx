import { safeCssLength, toneOf, UI_TONE_NAMES } from '@imperal/contract/ui'
import { useState } from 'react'
import { useTree } from '../host/context.ts'
import { useAct } from '../host/use-act.ts'
import { IconGlyph } from '../icons/icon-glyph.tsx'
import { Button } from '../parts/button.tsx'
import { classes } from '../parts/class-names.ts'
import { CodeBlock } from '../parts/code-block.tsx'
import { Markdown } from '../parts/markdown.tsx'
import { EmptyState, InlineError } from '../parts/states.tsx'
import type { ViewProps } from '../tree/view.ts'
import { say } from '../words.ts'
import { heading } from './heading.ts'
import { utilityStyle } from './utility-style.ts'

export function TextView({ props }: ViewProps<'Text'>) {
  const { headingOffset } = useTree()
  const { variant, content } = props
  const utilities = utilityStyle(props.className)
  const Tag =
    variant === 'heading'
      ? heading(2, headingOffset)
      : variant === 'subheading'
        ? heading(3, headingOffset)
        : variant === 'code'
          ? 'code'
          : 'p'
  return (
    <Tag
      className={classes(`im-text im-text-${variant}`, props.truncate && 'im-truncate', utilities.className)}
      style={utilities.style}
      dir="auto"
      title={props.truncate ? content : undefined}
    >
      {content}
    </Tag>
  )
}

export function HeaderView({ props }: ViewProps<'Header'>) {
  const { headingOffset } = useTree()
  const Tag = heading(props.level, headingOffset)
  return (
    <div className="im-header" data-level={props.level}>
      <Tag dir="auto">{props.text}</Tag>
      {props.subtitle ? <p dir="auto">{props.subtitle}</p> : null}
    </div>
  )
}

export function IconView({ props }: ViewProps<'Icon'>) {
  const named = Object.hasOwn(UI_TONE_NAMES, props.color)
  const utilities = utilityStyle(props.className)
  const tone = named && props.color !== '' ? toneOf(props.color) : undefined
  return (
    <span className={classes('im-icon-box', utilities.className)} style={utilities.style} data-tone={tone}>
      <IconGlyph name={props.name} size={props.size} placeholder {...(named ? {} : { color: props.color })} />
    </span>
  )
}

export function ImageView({ node, props }: ViewProps<'Image'>) {
  const act = useAct(node.path)
  const [failed, setFailed] = useState('')
  if (props.src === '' || failed === props.src) {
    return (
      <div role="status" className="im-image-missing">
        <IconGlyph name="Image" size={20} />
        {say('Image unavailable')}
      </div>
    )
  }
  const style = {
    width: safeCssLength(props.width) ?? undefined,
    height: safeCssLength(props.height) ?? undefined,
    objectFit: props.object_fit || undefined,
  }
  const picture = (
    <img
      className="im-image"
      src={props.src}
      alt={props.alt}
      style={style}
      loading="lazy"
      decoding="async"
      referrerPolicy="no-referrer"
      onError={() => setFailed(props.src)}
    />
  )
  const action = props.on_click
  return (
    <figure className="im-figure">
      {action === null ? (
        picture
      ) : (
        <button
          type="button"
          className="im-image-button"
          aria-label={props.alt || props.caption || say('Open image')}
          aria-busy={act.pending || undefined}
          onClick={() => act.run(action)}
        >
          {picture}
        </button>
      )}
      {props.caption ? <figcaption>{props.caption}</figcaption> : null}
      {act.error ? <InlineError>{act.error.message}</InlineError> : null}
    </figure>
  )
}

export function CodeView({ props }: ViewProps<'Code'>) {
  return <CodeBlock content={props.content} language={props.language} lineNumbers={props.line_numbers} />
}

export function MarkdownView({ props }: ViewProps<'Markdown'>) {
  const { host, headingOffset } = useTree()
  return <Markdown content={props.content} onNavigate={host.navigate} headingOffset={headingOffset + 1} rules={host} />
}

export function DividerView({ props }: ViewProps<'Divider'>) {
  if (props.label === '') return <hr className="im-divider" />
  return (
    // biome-ignore lint/a11y/useSemanticElements: a rule with words in it cannot be an hr
    <div role="separator" className="im-divider-label">
      <span>{props.label}</span>
    </div>
  )
}

export function EmptyView({ node, props }: ViewProps<'Empty'>) {
  const act = useAct(node.path)
  const { action } = props
  const hint = action?.action === 'call' ? action.params.label : undefined
  const label = props.action_label || (typeof hint === 'string' && hint !== '' ? hint : 'Continue')
  return (
    <EmptyState
      icon={props.icon || 'Inbox'}
      message={props.message}
      action={
        action === null ? null : (
          <>
            <Button pending={act.pending} onClick={() => act.run(action)}>
              {label}
            </Button>
            {act.error ? <InlineError>{act.error.message}</InlineError> : null}
          </>
        )
      }
    />
  )
}
