import { useCallback, useEffect, useRef, useState, useSyncExternalStore } from 'react'
import type { UiToast } from '../host/ui-host.ts'
import { IconGlyph } from '../icons/icon-glyph.tsx'
import { say } from '../words.ts'
import { Button, IconButton } from './button.tsx'
import { variantIcon } from './states.tsx'

export interface ShownToast extends UiToast {
  readonly id: number
  /** Whose message it is, such as the app's name. */
  readonly owner?: string | undefined
}

/** The toasts of a window: three are visible, the others wait. */
export interface Toasts {
  show(toast: UiToast & { readonly owner?: string | undefined }): number
  dismiss(id: number): void
  subscribe(listener: () => void): () => void
  snapshot(): readonly ShownToast[]
}

export const VISIBLE_TOASTS = 3

/** A store for one `<ToastRegion>`. */
export function createToasts(): Toasts {
  let next = 1
  let all: readonly ShownToast[] = []
  const listeners = new Set<() => void>()
  const set = (toasts: readonly ShownToast[]) => {
    all = toasts
    for (const listener of listeners) listener()
  }
  return {
    show(toast) {
      const id = next
      next += 1
      set([...all, { ...toast, message: toast.message.slice(0, 500), id }])
      return id
    },
    dismiss: (id) => set(all.filter((toast) => toast.id !== id)),
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    snapshot: () => all,
  }
}

/** Leads to the toasts from wherever the focus is. */
const JUMP = 'F8'

/** Where toasts appear. Put one at the end of the shell. F8 leads to it, Escape back to where one was. */
export function ToastRegion({ toasts }: { readonly toasts: Toasts }) {
  const all = useSyncExternalStore(toasts.subscribe, toasts.snapshot, toasts.snapshot)
  const [paused, setPaused] = useState(false)
  const region = useRef<HTMLElement>(null)
  const before = useRef<HTMLElement | null>(null)
  const goBack = useCallback(() => {
    setPaused(false)
    before.current?.focus()
    before.current = null
  }, [])
  const isEmpty = all.length === 0
  useEffect(() => {
    const jump = (event: KeyboardEvent) => {
      if (event.key !== JUMP || isEmpty) return
      event.preventDefault()
      region.current?.focus()
    }
    document.addEventListener('keydown', jump)
    return () => document.removeEventListener('keydown', jump)
  }, [isEmpty])
  // A toast that goes takes the focus with it.
  // biome-ignore lint/correctness/useExhaustiveDependencies: looked at whenever a toast came or went
  useEffect(() => {
    if (before.current !== null && document.activeElement === document.body) goBack()
  }, [all, goBack])
  return (
    <section
      ref={region}
      className="im-toasts"
      tabIndex={-1}
      aria-label={say('Notifications')}
      aria-keyshortcuts={JUMP}
      onMouseEnter={() => setPaused(true)}
      onMouseLeave={() => setPaused(false)}
      onFocus={({ relatedTarget, currentTarget }) => {
        setPaused(true)
        if (relatedTarget instanceof HTMLElement && !currentTarget.contains(relatedTarget))
          before.current = relatedTarget
      }}
      onBlur={({ target, currentTarget }) => {
        setPaused(false)
        // Whoever went elsewhere is not called back when a toast goes.
        setTimeout(() => {
          if (target.isConnected && !currentTarget.contains(document.activeElement)) before.current = null
        })
      }}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return
        event.stopPropagation()
        goBack()
      }}
    >
      {all.slice(0, VISIBLE_TOASTS).map((toast) => (
        <ToastCard key={toast.id} toast={toast} paused={paused} toasts={toasts} />
      ))}
    </section>
  )
}

function ToastCard({
  toast,
  paused,
  toasts,
}: {
  readonly toast: ShownToast
  readonly paused: boolean
  readonly toasts: Toasts
}) {
  const variant = toast.variant ?? 'info'
  const duration = toast.duration ?? 5_000
  const onClose = useCallback(() => toasts.dismiss(toast.id), [toasts, toast.id])
  useEffect(() => {
    if (paused || duration === 0) return
    const timer = setTimeout(onClose, duration)
    return () => clearTimeout(timer)
  }, [paused, duration, onClose])
  return (
    <div className="im-toast" data-variant={variant} role={variant === 'error' ? 'alert' : 'status'}>
      <IconGlyph name={variantIcon(variant)} size={16} />
      <div className="im-toast-text">
        {toast.title ? <strong>{toast.title}</strong> : null}
        <span>{toast.message}</span>
        {toast.owner ? <small>{toast.owner}</small> : null}
      </div>
      {toast.action ? (
        <Button
          variant="ghost"
          size="sm"
          onClick={() => {
            toast.action?.run()
            onClose()
          }}
        >
          {toast.action.label}
        </Button>
      ) : null}
      <IconButton icon="X" label={say('Dismiss')} onClick={onClose} />
    </div>
  )
}
