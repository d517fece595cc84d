import { IconButton, IconGlyph, Spinner } from '@imperal/ui-kit'
import { t } from '../../i18n/index.ts'

export interface FileChipProps {
  readonly name: string
  readonly busy?: boolean
  /** Why it cannot be used. */
  readonly problem?: string | undefined
  readonly onOpen?: () => void
  readonly onRemove?: () => void
}

/** A file beside a message: its name, and what can be done with it. */
export function FileChip({ name, busy = false, problem, onOpen, onRemove }: FileChipProps) {
  const label = (
    <>
      {busy ? <Spinner size={14} /> : <IconGlyph name={problem ? 'CircleAlert' : 'Paperclip'} size={14} />}
      <span className="file-chip-name">{name}</span>
    </>
  )
  return (
    <span className="file-chip" data-failed={problem ? true : undefined} title={problem ?? name}>
      {onOpen ? (
        <button type="button" className="file-chip-open" aria-label={t('Save {name}', { name })} onClick={onOpen}>
          {label}
        </button>
      ) : (
        label
      )}
      {problem ? (
        <span role="alert" className="file-chip-problem">
          {problem}
        </span>
      ) : null}
      {onRemove ? <IconButton icon="X" label={t('Remove {name}', { name })} onClick={onRemove} /> : null}
    </span>
  )
}
