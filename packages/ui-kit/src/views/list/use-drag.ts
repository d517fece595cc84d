import type { UiNode, UiProps } from '@imperal/contract/ui'
import { useEffect, useRef, useState } from 'react'
import { useTree } from '../../host/context.ts'
import { useAct } from '../../host/use-act.ts'
import { announce, prepareAnnouncements } from '../../tree/announcer.ts'
import { type DropTarget, dragType, dropTargets, registerDropTarget } from '../../tree/drop-targets.ts'
import { say } from '../../words.ts'
import { followTouch } from './follow-touch.ts'

/** A row that was picked up without a mouse: where it may go, and which of them is meant now. */
interface Carried {
  readonly targets: readonly DropTarget[]
  readonly at: number
}

const STEPS: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }
const isCoarse = (): boolean => globalThis.matchMedia?.('(pointer: coarse)').matches ?? false

/**
 * Dragging a row and taking rows, inside one app: with the mouse, with the keyboard (Space, arrows, Space; Escape
 * leaves it where it was) and with a finger that rests on it (ui 4.7). `source` belongs to the row, `handle` to what
 * has the focus in it, `place` to the box that shows that it would take what is dragged.
 */
export function useDrag(node: UiNode, props: UiProps<'ListItem'>) {
  const { host } = useTree()
  const act = useAct(node.path, 'drop')
  const [over, setOver] = useState(false)
  const place = useRef<HTMLDivElement>(null)
  const type = dragType(host.appId)
  const takes = props.droppable && props.on_drop !== null
  const drop = useRef<(draggedId: string) => void>(() => undefined)
  drop.current = (draggedId) => {
    if (draggedId !== '' && draggedId !== props.id)
      void act.run(props.on_drop, { dragged_id: draggedId, target_id: props.id })
  }
  useEffect(() => {
    if (!takes) return
    return registerDropTarget(host.appId, node.path, {
      id: props.id,
      title: props.title,
      drop: (draggedId) => drop.current(draggedId),
      mark: setOver,
      covers: (element) => place.current?.contains(element) ?? false,
    })
  }, [takes, host.appId, node.path, props.id, props.title])
  const carry = useCarry(host.appId, props)
  const source = {
    draggable: (props.draggable && !isCoarse()) || undefined,
    onDragStart: props.draggable ? (event: React.DragEvent) => event.dataTransfer.setData(type, props.id) : undefined,
    onTouchStart: props.draggable ? carry.onTouchStart : undefined,
    onDragOver: takes
      ? (event: React.DragEvent) => {
          if (!event.dataTransfer.types.includes(type)) return
          event.preventDefault()
          setOver(true)
        }
      : undefined,
    onDragLeave: takes ? () => setOver(false) : undefined,
    onDrop: takes
      ? (event: React.DragEvent) => {
          event.preventDefault()
          setOver(false)
          drop.current(event.dataTransfer.getData(type))
        }
      : undefined,
  }
  return { source, over, place, carried: carry.carried, handle: props.draggable ? carry.handle : {} }
}

/** Picking a row up with the keyboard or a finger. */
function useCarry(appId: string, { id, title, draggable }: UiProps<'ListItem'>) {
  const [carried, setCarried] = useState<Carried | null>(null)
  const now = useRef<Carried | null>(null)
  useEffect(() => {
    if (draggable) prepareAnnouncements()
  }, [draggable])
  const put = (next: Carried | null) => {
    const [before, after] = [now.current?.targets[now.current.at], next?.targets[next.at]]
    if (before !== after) before?.mark(false)
    after?.mark(true)
    now.current = next
    setCarried(next)
  }
  const pickUp = () => {
    const targets = dropTargets(appId, id)
    if (targets.length > 0) put({ targets, at: -1 })
    announce(
      targets.length === 0
        ? say('Nothing here takes it')
        : say('{title} picked up. Arrow keys choose the place, Space drops it, Escape leaves it where it was.', {
            title,
          }),
    )
  }
  const finish = (dropped: boolean) => {
    const target = dropped ? now.current?.targets[now.current.at] : undefined
    put(null)
    announce(target ? say('Moved to {title}', { title: target.title }) : say('Left where it was'))
    target?.drop(id)
  }
  const choose = (at: number) => {
    if (!now.current) return
    const { targets } = now.current
    put({ targets, at })
    const target = targets[at]
    if (target) announce(say('{title}, {n} of {count}', { title: target.title, n: at + 1, count: targets.length }))
  }
  const step = (by: number) => {
    if (!now.current) return
    const { targets, at } = now.current
    choose(at === -1 ? (by > 0 ? 0 : targets.length - 1) : (at + by + targets.length) % targets.length)
  }
  const onKeyDown = (event: React.KeyboardEvent) => {
    const by = STEPS[event.key]
    if (now.current === null) {
      if (event.key !== ' ') return
      event.preventDefault()
      return pickUp()
    }
    if (event.key === 'Tab') return finish(false)
    event.preventDefault()
    event.stopPropagation()
    if (by !== undefined) step(by)
    else if (event.key === ' ' || event.key === 'Enter') finish(true)
    else if (event.key === 'Escape') finish(false)
  }
  const onTouchStart = (event: React.TouchEvent<HTMLElement>) => {
    const touch = event.touches[0]
    if (!touch || event.touches.length > 1) return
    followTouch(
      event.currentTarget,
      { x: touch.clientX, y: touch.clientY },
      {
        onPick: pickUp,
        onMove: (x, y) => {
          const under = document.elementFromPoint(x, y)
          const at = now.current?.targets.findIndex((target) => target.covers(under)) ?? -1
          if (at !== now.current?.at) choose(at)
        },
        onEnd: finish,
      },
    )
  }
  const handle = {
    onKeyDown,
    // Space on a button clicks when it comes up again.
    onKeyUp: (event: React.KeyboardEvent) => event.key === ' ' && event.preventDefault(),
    onBlur: () => now.current && finish(false),
    'aria-keyshortcuts': 'Space',
  }
  return { carried: carried !== null, handle, onTouchStart }
}
