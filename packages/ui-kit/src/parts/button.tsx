import type { ComponentPropsWithRef, ReactNode } from 'react'
import { IconGlyph } from '../icons/icon-glyph.tsx'
import { classes } from './class-names.ts'
import { Spinner } from './spinner.tsx'

export type ButtonVariant = 'primary' | 'secondary' | 'ghost' | 'danger'
export type ControlSize = 'sm' | 'md' | 'lg'
const ICON_SIZE: Readonly<Record<ControlSize, number>> = { sm: 14, md: 16, lg: 18 }

export interface ButtonProps extends Omit<ComponentPropsWithRef<'button'>, 'children'> {
  readonly children?: ReactNode
  readonly variant?: ButtonVariant
  readonly size?: ControlSize
  readonly icon?: string
  readonly iconRight?: string
  readonly fullWidth?: boolean
  /** Busy: a ring takes the icon's place and clicks are ignored. */
  readonly pending?: boolean
  /** The words while it is busy, such as "Saving". */
  readonly pendingLabel?: string
}

/** A button; one primary per view. */
export function Button(props: ButtonProps) {
  const {
    variant = 'secondary',
    size = 'md',
    icon,
    iconRight,
    fullWidth,
    pending = false,
    pendingLabel,
    ...native
  } = props
  const { children, className, type = 'button', disabled, ...rest } = native
  const label = pending && pendingLabel ? pendingLabel : children
  return (
    <button
      {...rest}
      type={type}
      className={classes('im-button', `im-${variant}`, `im-${size}`, fullWidth && 'im-full', className)}
      disabled={disabled || pending}
      aria-busy={pending || undefined}
    >
      {pending ? <Spinner size={14} /> : icon ? <IconGlyph name={icon} size={ICON_SIZE[size]} /> : null}
      {label === '' || label === undefined ? null : <span className="im-button-label">{label}</span>}
      {iconRight && !pending ? <IconGlyph name={iconRight} size={ICON_SIZE[size]} /> : null}
    </button>
  )
}

export interface IconButtonProps extends Omit<ComponentPropsWithRef<'button'>, 'children'> {
  readonly icon: string
  /** Its name for people who do not see the icon; also the tooltip. */
  readonly label: string
  readonly pending?: boolean
  readonly danger?: boolean
}

/** A small square button that shows an icon only. */
export function IconButton({
  icon,
  label,
  pending = false,
  danger,
  className,
  type = 'button',
  disabled,
  ...rest
}: IconButtonProps) {
  return (
    <button
      title={label}
      {...rest}
      type={type}
      aria-label={label}
      aria-busy={pending || undefined}
      disabled={disabled || pending}
      className={classes('im-icon-button', danger && 'im-is-danger', className)}
    >
      {pending ? <Spinner size={14} /> : <IconGlyph name={icon} size={16} />}
    </button>
  )
}
