import { type CSSProperties, type ReactNode, use, useId, useState } from 'react'
import { LevelContext, useReveal, useTree } from '../host/context.ts'
import { IconGlyph } from '../icons/icon-glyph.tsx'
import { classes } from '../parts/class-names.ts'
import { Tabs as TabsPart } from '../parts/tabs.tsx'
import { InnerNodes, Nodes } from '../tree/node-view.tsx'
import type { ViewProps } from '../tree/view.ts'
import { heading } from './heading.ts'
import { useSticky } from './use-sticky.ts'
import { utilityStyle } from './utility-style.ts'

const gapStyle = (gap: number): CSSProperties => ({ gap: `calc(${gap} * 0.25rem)` })

export function StackView({ props }: ViewProps<'Stack'>) {
  const level = use(LevelContext)
  const horizontal = props.direction === 'h'
  const custom = props.className !== undefined
  const utilities = utilityStyle(props.className)
  const wrap = props.wrap ?? horizontal
  const name = classes(
    horizontal ? 'im-row-stack' : 'im-stack',
    horizontal && level === 'pane' && !custom && 'im-toolbar',
    props.sticky && 'im-sticky',
    props.align && `im-align-${props.align}`,
    props.justify && `im-justify-${props.justify}`,
    utilities.className,
  )
  const Children = horizontal ? InnerNodes : Nodes
  const place = useSticky(props.sticky)
  return (
    <div
      ref={place}
      className={name}
      style={{ ...gapStyle(props.gap), flexWrap: wrap ? 'wrap' : 'nowrap', ...utilities.style }}
    >
      <Children nodes={props.children} />
    </div>
  )
}

export function GridView({ props }: ViewProps<'Grid'>) {
  const level = use(LevelContext)
  const utilities = utilityStyle(props.className)
  const { gap = gapStyle(props.gap).gap, columnGap, rowGap, ...outer } = utilities.style
  // A longhand that is undefined would empty its half of `gap` again.
  const gaps: CSSProperties = {
    gap,
    ...(columnGap === undefined ? {} : { columnGap }),
    ...(rowGap === undefined ? {} : { rowGap }),
  }
  return (
    <div className={classes('im-grid-box', level === 'pane' && 'im-inset', utilities.className)} style={outer}>
      <div className="im-grid" data-columns={props.columns} style={gaps}>
        <InnerNodes nodes={props.children} />
      </div>
    </div>
  )
}

export function PageView({ props }: ViewProps<'Page'>) {
  const { headingOffset } = useTree()
  const Title = heading(1, headingOffset)
  return (
    <div className="im-page">
      {props.title ? (
        <header className="im-page-head">
          <Title className="im-page-title">{props.title}</Title>
          {props.subtitle ? <p className="im-page-subtitle">{props.subtitle}</p> : null}
        </header>
      ) : null}
      <Nodes nodes={props.children} />
    </div>
  )
}

export function SectionView({ node, props }: ViewProps<'Section'>) {
  const { headingOffset } = useTree()
  const [open, setOpen] = useState(true)
  const id = useId()
  const Title = heading(3, headingOffset)
  useReveal([node.path], () => setOpen(true))
  const folds = props.collapsible && props.title !== ''
  return (
    <section className="im-section" aria-labelledby={props.title ? `${id}-title` : undefined}>
      {props.title ? (
        <Title className="im-section-title" id={`${id}-title`}>
          {folds ? (
            <button type="button" aria-expanded={open} aria-controls={id} onClick={() => setOpen(!open)}>
              <IconGlyph name="ChevronRight" size={14} className={classes('im-chevron', open && 'im-open')} />
              {props.title}
            </button>
          ) : (
            props.title
          )}
        </Title>
      ) : null}
      <div id={id} className="im-section-body">
        {open || !folds ? <Nodes nodes={props.children} /> : null}
      </div>
    </section>
  )
}

export function TabsView({ node, props }: ViewProps<'Tabs'>) {
  const tabs = props.tabs.map((tab, index) => ({ ...tab, id: tab.id || `tab-${index}` }))
  const declared =
    typeof props.default_tab === 'number' ? tabs[props.default_tab] : tabs.find((tab) => tab.id === props.default_tab)
  const first = (declared ?? tabs[0])?.id ?? ''
  const [chosen, setChosen] = useState(first)
  useReveal(
    tabs.map((_, index) => `${node.path}/tabs/${index}`),
    (index) => setChosen(tabs[index]?.id ?? first),
  )
  if (tabs.length === 0) return null
  const active = tabs.some((tab) => tab.id === chosen) ? chosen : first
  return (
    <TabsPart
      active={active}
      onChange={setChosen}
      tabs={tabs.map(({ id, label, icon, badge, content }) => ({
        id,
        label,
        icon,
        badge,
        content: <Nodes nodes={content} />,
      }))}
    />
  )
}

export function AccordionView({ node, props }: ViewProps<'Accordion'>) {
  const [open, setOpen] = useState<readonly string[]>(() =>
    props.sections.filter((section) => section.open).map((section) => section.id),
  )
  const { headingOffset } = useTree()
  useReveal(
    props.sections.map((_, index) => `${node.path}/sections/${index}`),
    (index) => setOpen((current) => [...new Set([...current, props.sections[index]?.id ?? ''])]),
  )
  const toggle = (id: string) => {
    if (open.includes(id)) setOpen(open.filter((one) => one !== id))
    else setOpen(props.allow_multiple ? [...open, id] : [id])
  }
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: arrows move between the headers inside
    <div className="im-accordion" onKeyDown={moveBetweenHeaders}>
      {props.sections.map((section) => (
        <AccordionPart
          key={section.id}
          title={section.title}
          open={open.includes(section.id)}
          level={headingOffset}
          onToggle={() => toggle(section.id)}
        >
          <Nodes nodes={section.children} />
        </AccordionPart>
      ))}
    </div>
  )
}

interface PartProps {
  readonly title: string
  readonly open: boolean
  readonly level: number
  readonly onToggle: () => void
  readonly children: ReactNode
}

function AccordionPart({ title, open, level, onToggle, children }: PartProps) {
  const id = useId()
  const Title = heading(3, level)
  return (
    <div className="im-accordion-part">
      <Title className="im-accordion-title">
        <button
          type="button"
          id={`${id}-head`}
          data-accordion-head
          aria-expanded={open}
          aria-controls={id}
          onClick={onToggle}
        >
          <IconGlyph name="ChevronRight" size={16} className={classes('im-chevron', open && 'im-open')} />
          {title}
        </button>
      </Title>
      {open ? (
        <section id={id} aria-labelledby={`${id}-head`} className="im-accordion-body">
          {children}
        </section>
      ) : null}
    </div>
  )
}

function moveBetweenHeaders(event: React.KeyboardEvent<HTMLElement>): void {
  const heads = [...event.currentTarget.querySelectorAll<HTMLElement>(':scope > * > * > [data-accordion-head]')]
  const at = heads.indexOf(event.target as HTMLElement) // key events come from elements
  if (at === -1) return
  const last = heads.length - 1
  const next = { ArrowDown: at === last ? 0 : at + 1, ArrowUp: at === 0 ? last : at - 1, Home: 0, End: last }[event.key]
  if (next === undefined) return
  event.preventDefault()
  heads[next]?.focus()
}
