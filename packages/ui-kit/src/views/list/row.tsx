import type { UiNode, UiProps } from '@imperal/contract/ui'
import { createContext, type Ref, use, useId, useState } from 'react'
import { useAct } from '../../host/use-act.ts'
import { IconGlyph } from '../../icons/icon-glyph.tsx'
import { classes } from '../../parts/class-names.ts'
import { Check } from '../../parts/fields.tsx'
import { InlineError } from '../../parts/states.tsx'
import { InnerNodes } from '../../tree/node-view.tsx'
import { say } from '../../words.ts'
import { RowActions } from './row-actions.tsx'
import { useDrag } from './use-drag.ts'

/** Rows that are open, by id: a row that scrolls out of a long list and comes back is as it was. */
export const OpenRows = createContext<Set<string> | null>(null)

/** Where a row stands in a list of which only some rows are in the page. */
export interface RowPlace {
  readonly index: number | undefined
  readonly position: number
  readonly count: number
  readonly measure: Ref<HTMLLIElement> | undefined
}

export interface RowProps {
  readonly node: UiNode
  readonly props: UiProps<'ListItem'>
  /** Present when rows can be ticked. */
  readonly tick?:
    | { readonly checked: boolean; readonly active: boolean; readonly toggle: (range: boolean) => void }
    | undefined
  readonly place?: RowPlace | undefined
}

/** One row: precedence of a click is ticking, opening, then the row's own action (ui 2.5). */
export function Row({ node, props, tick, place }: RowProps) {
  const act = useAct(node.path)
  const drag = useDrag(node, props)
  const openRows = use(OpenRows)
  const [open, setOpen] = useState(() => openRows?.has(node.identity) ?? false)
  const [opened, setOpened] = useState(open)
  const id = useId()
  const expands = props.expandable
  const press = (event: React.MouseEvent) => {
    if (tick?.active) return tick.toggle(event.shiftKey)
    if (!expands) return void act.run(props.on_click)
    setOpen(!open)
    setOpened(true)
    if (open) openRows?.delete(node.identity)
    else openRows?.add(node.identity)
  }
  // What can be dragged has to take the focus, so that it can be picked up.
  const clickable = tick?.active || expands || props.on_click !== null || props.draggable
  const content = <RowContent props={props} open={expands ? open : undefined} />
  return (
    <li
      ref={place?.measure}
      data-index={place?.index}
      aria-posinset={place?.position}
      aria-setsize={place?.count}
      className={classes('im-list-row', props.selected && 'im-selected', tick?.active && 'im-ticking')}
      aria-current={props.selected || undefined}
      {...drag.source}
    >
      <div
        ref={drag.place}
        className="im-row"
        data-carried={drag.carried || undefined}
        data-two={props.subtitle !== '' || undefined}
        data-busy={act.pending || undefined}
        data-over={drag.over || undefined}
      >
        {tick ? (
          <span className="im-row-tick">
            <Check
              checked={tick.checked}
              label={say('Select {title}', { title: props.title })}
              onChecked={() => undefined}
              onClick={(event) => tick.toggle(event.shiftKey)}
            />
          </span>
        ) : null}
        {clickable ? (
          <button
            type="button"
            className="im-row-main"
            aria-expanded={expands ? open : undefined}
            aria-controls={expands && opened ? id : undefined}
            aria-busy={act.pending || undefined}
            onClick={press}
            {...drag.handle}
          >
            {content}
          </button>
        ) : (
          <div className="im-row-main">{content}</div>
        )}
        <RowActions node={node} props={props} />
      </div>
      {act.error ? <InlineError>{act.error.message}</InlineError> : null}
      {opened ? (
        <div id={id} className="im-row-more" hidden={!open}>
          <InnerNodes nodes={props.expanded_content} />
        </div>
      ) : null}
    </li>
  )
}

function RowContent({ props, open }: { readonly props: UiProps<'ListItem'>; readonly open: boolean | undefined }) {
  return (
    <>
      {open === undefined ? null : (
        <IconGlyph name="ChevronRight" size={14} className={classes('im-chevron', open && 'im-open')} />
      )}
      {props.avatar ? (
        <InnerNodes nodes={[props.avatar]} />
      ) : props.icon ? (
        <IconGlyph name={props.icon} size={16} />
      ) : null}
      <span className="im-row-text">
        <span className="im-row-title" title={props.title}>
          {props.title}
        </span>
        {props.subtitle ? (
          <span className="im-row-subtitle" title={props.subtitle}>
            {props.subtitle}
          </span>
        ) : null}
      </span>
      {props.meta || props.badge ? (
        <span className="im-row-side">
          {props.meta ? <span className="im-row-meta">{props.meta}</span> : null}
          {props.badge ? <InnerNodes nodes={[props.badge]} /> : null}
        </span>
      ) : null}
    </>
  )
}
