import { toneOf } from '@imperal/contract/ui'
import { useEffect, useState } from 'react'
import { useTree } from '../host/context.ts'
import { useAct } from '../host/use-act.ts'
import { ProgressBar } from '../parts/display.tsx'
import { Skeleton, Spinner } from '../parts/spinner.tsx'
import { Alert, ErrorState } from '../parts/states.tsx'
import type { ViewProps } from '../tree/view.ts'
import { say } from '../words.ts'

export function AlertView({ props }: ViewProps<'Alert'>) {
  const [dismissed, setDismissed] = useState(false)
  if (dismissed) return null
  return (
    <Alert
      variant={props.variant}
      title={props.title}
      onDismiss={props.dismissible ? () => setDismissed(true) : undefined}
    >
      {props.message}
    </Alert>
  )
}

const RADIUS = 16

export function ProgressView({ props }: ViewProps<'Progress'>) {
  const max = props.max !== undefined && props.max > 0 ? props.max : 100
  const percent = Math.min(100, Math.max(0, (props.value / max) * 100))
  const label = props.label || 'Progress'
  const tone = props.color ? toneOf(props.color) : 'primary'
  const shown =
    props.max === undefined ? `${Math.round(percent)} %` : say('{value} of {max}', { value: props.value, max })
  if (props.variant === 'circular') {
    const length = 2 * Math.PI * RADIUS
    return (
      <div className="im-progress-circle" data-size={props.size}>
        <svg
          role="progressbar"
          aria-label={label}
          aria-valuemin={0}
          aria-valuemax={100}
          aria-valuenow={Math.round(percent)}
          viewBox="0 0 40 40"
          data-tone={tone}
        >
          <circle cx={20} cy={20} r={RADIUS} />
          <circle cx={20} cy={20} r={RADIUS} strokeDasharray={length} strokeDashoffset={length * (1 - percent / 100)} />
        </svg>
        {props.label || props.show_value ? (
          <span>{[props.label, props.show_value ? shown : ''].filter(Boolean).join(' ')}</span>
        ) : null}
      </div>
    )
  }
  return (
    <div className="im-progress-box">
      {props.label || props.show_value ? (
        <div className="im-progress-head">
          <span>{props.label}</span>
          {props.show_value ? <span className="im-tabular">{shown}</span> : null}
        </div>
      ) : null}
      <ProgressBar value={percent} label={label} tone={tone} size={props.size} />
    </div>
  )
}

export function LoadingView({ props }: ViewProps<'Loading'>) {
  if (props.variant === 'skeleton') return <Skeleton rows={3} label={props.message || say('Loading')} />
  return (
    <div role="status" className="im-loading">
      {props.variant === 'dots' ? (
        <span aria-hidden className="im-dots">
          <i />
          <i />
          <i />
        </span>
      ) : (
        <Spinner />
      )}
      <span>{props.message}</span>
    </div>
  )
}

export function ErrorView({ node, props }: ViewProps<'Error'>) {
  const act = useAct(node.path)
  const retry = props.retry
  return (
    <ErrorState
      title={props.title}
      message={act.error?.message ?? props.message}
      code={act.error?.code}
      retryLabel={props.retry_label || say('Try again')}
      pending={act.pending}
      onRetry={retry === null ? undefined : () => void act.run(retry)}
    />
  )
}

/** A Toast takes no place in a tree: it goes to the shell's region once for each reset token. */
export function ToastView({ node, props }: ViewProps<'Toast'>) {
  const { host } = useTree()
  const act = useAct(node.path)
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for this node, whatever is redrawn around it
  useEffect(() => {
    const action = props.action
    const button =
      action !== null && props.action_label !== ''
        ? { label: props.action_label, run: () => void act.run(action) }
        : undefined
    host.toast({
      message: props.message,
      title: props.title,
      variant: props.variant,
      duration: props.duration,
      action: button,
    })
  }, [node.resetToken])
  return null
}
