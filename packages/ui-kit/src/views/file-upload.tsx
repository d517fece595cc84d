import type { JsonObject, JsonValue } from '@imperal/contract'
import { useEffect, useMemo, useRef, useState } from 'react'
import { useField } from '../forms/use-field.ts'
import { newId } from '../host/new-id.ts'
import { useAct } from '../host/use-act.ts'
import { IconGlyph } from '../icons/icon-glyph.tsx'
import { IconButton } from '../parts/button.tsx'
import { classes } from '../parts/class-names.ts'
import { type FileRefusal, fileName, inCalls, readFile, sortFiles } from '../parts/read-files.ts'
import { Spinner } from '../parts/spinner.tsx'
import type { ViewProps } from '../tree/view.ts'
import { type KitSentence, say } from '../words.ts'

type Status = 'reading' | 'ready' | 'uploading' | 'queued' | 'indexing' | 'done' | 'error'
interface FileRow {
  readonly id: string
  readonly file: File
  readonly status: Status
  readonly error: string
}
const WORDS: Readonly<Record<Status, KitSentence>> = {
  reading: 'Reading',
  ready: 'Ready',
  uploading: 'Uploading',
  queued: 'Queued',
  indexing: 'Indexing',
  done: 'Done',
  error: 'Failed',
}

export function FileUploadView({ node, props }: ViewProps<'FileUpload'>) {
  const act = useAct(node.path)
  const field = useField<JsonValue>(node, { name: props.param_name, declared: [] })
  const picker = useRef<HTMLInputElement>(null)
  const [rows, setRows] = useState<readonly FileRow[]>([])
  const [refused, setRefused] = useState<readonly FileRefusal[]>([])
  const [over, setOver] = useState(false)
  const alive = useRef(true)
  useEffect(() => {
    alive.current = true
    return () => {
      alive.current = false
    }
  }, [])
  const mark = (ids: readonly string[], status: Status, error = '') =>
    setRows((current) => current.map((row) => (ids.includes(row.id) ? { ...row, status, error } : row)))

  const send = async (sent: readonly FileRow[]) => {
    for (const rows of props.on_upload === null ? [sent] : inCalls(sent)) if (alive.current) await sendCall(rows)
  }
  const sendCall = async (sent: readonly FileRow[]) => {
    const read = await Promise.all(sent.map((row) => readFile(row.file, row.id).catch(() => row.id)))
    if (!alive.current) return
    mark(
      read.filter((one) => typeof one === 'string'),
      'error',
      say('Could not read this file'),
    )
    const files = read.filter((one): one is JsonObject => typeof one === 'object')
    const ids = files.map((file) => String(file.client_id))
    if (files.length === 0) return
    if (props.on_upload === null) {
      const before = Array.isArray(field.value) && props.multiple ? field.value : []
      field.set([...before, ...files])
      return mark(ids, 'ready')
    }
    mark(ids, 'uploading')
    const outcome = await act.run(props.on_upload, { [props.param_name]: files })
    if (outcome === null) mark(ids, 'error', say('Not sent'))
    else mark(ids, outcome.ok ? 'done' : 'error', outcome.ok ? '' : outcome.error.message)
  }
  const take = (files: readonly File[]) => {
    const rules = {
      accept: props.accept,
      maxSizeMb: props.max_size_mb,
      maxTotalMb: props.max_total_mb,
      maxFiles: props.max_files,
      multiple: props.multiple,
      blocked: props.blocked_extensions,
    }
    const sorted = sortFiles(files, rules)
    const fresh = sorted.accepted.map((file): FileRow => ({ id: newId(), file, status: 'reading', error: '' }))
    setRefused(sorted.refused)
    setRows((current) => [...(props.multiple ? current : []), ...fresh])
    if (fresh.length > 0) void send(fresh)
  }
  const remove = (id: string) => {
    setRows((current) => current.filter((row) => row.id !== id))
    if (Array.isArray(field.value)) field.set(field.value.filter((file) => (file as JsonObject).client_id !== id)) // files are objects made above
  }
  return (
    <div className={classes('im-upload', `im-upload-${props.variant}`)} data-field={props.param_name}>
      <button
        type="button"
        className="im-dropzone"
        data-over={over || undefined}
        onClick={() => picker.current?.click()}
        onDragOver={(event) => {
          event.preventDefault()
          setOver(true)
        }}
        onDragLeave={() => setOver(false)}
        onDrop={(event) => {
          event.preventDefault()
          setOver(false)
          take([...event.dataTransfer.files])
        }}
      >
        <IconGlyph name="Upload" size={20} />
        <span>
          <strong>{props.title || say('Drop files here, or choose')}</strong>
          <small>{props.hint || say('Up to {count} MB each', { count: props.max_size_mb })}</small>
        </span>
      </button>
      <input
        ref={picker}
        type="file"
        name="files"
        hidden
        tabIndex={-1}
        accept={props.accept === '*' ? undefined : props.accept}
        multiple={props.multiple}
        onChange={(event) => {
          take([...(event.target.files ?? [])])
          event.target.value = ''
        }}
      />
      {refused.length > 0 ? (
        <div role="alert">
          <ul className="im-upload-refused">
            {refused.map((one) => (
              <li key={`${one.name}${one.reason}`}>
                {one.name}: {one.reason}
              </li>
            ))}
          </ul>
        </div>
      ) : null}
      <ul className="im-upload-rows">
        {rows.map((row) => (
          <UploadRow
            key={row.id}
            row={row}
            server={props.statuses[row.id]}
            preview={props.show_previews}
            onRemove={() => remove(row.id)}
            onRetry={() => void send([row])}
          />
        ))}
      </ul>
    </div>
  )
}

interface UploadRowProps {
  readonly row: FileRow
  readonly server: JsonValue | undefined
  readonly preview: boolean
  readonly onRemove: () => void
  readonly onRetry: () => void
}

function UploadRow({ row, server, preview, onRemove, onRetry }: UploadRowProps) {
  const echo = typeof server === 'object' && server !== null && !Array.isArray(server) ? server : {}
  const status =
    typeof echo.status === 'string' && Object.hasOwn(WORDS, echo.status) ? (echo.status as Status) : row.status // a key of WORDS
  const error = typeof echo.error === 'string' ? echo.error : row.error
  const name = fileName(row.file.name)
  const busy = status === 'reading' || status === 'uploading'
  return (
    <li className="im-upload-row" data-status={status}>
      {preview && row.file.type.startsWith('image/') ? (
        <Thumbnail file={row.file} />
      ) : busy ? (
        <Spinner size={14} />
      ) : (
        <IconGlyph name={status === 'error' ? 'CircleAlert' : 'FileText'} size={16} />
      )}
      <span className="im-truncate">{name}</span>
      <small role="status">{status === 'error' && error ? error : say(WORDS[status])}</small>
      {status === 'error' ? (
        <IconButton icon="RotateCcw" label={say('Try {name} again', { name })} onClick={onRetry} />
      ) : null}
      <IconButton icon="X" label={say('Remove {name}', { name })} onClick={onRemove} />
    </li>
  )
}

function Thumbnail({ file }: { readonly file: File }) {
  const url = useMemo(() => URL.createObjectURL(file), [file])
  useEffect(() => () => URL.revokeObjectURL(url), [url])
  return <img className="im-thumbnail" src={url} alt="" />
}
