import type { JsonObject } from '@imperal/contract'
import { type ActionFailure, Dialog, newId, SchemaForm, Spinner } from '@imperal/ui-kit'
import { useRef } from 'react'
import { useIdChoices } from '../../data/id-choices.ts'
import { type ChosenFunction, closePalette } from '../../data/palette.ts'
import { runFunction } from '../../data/workspace/run-action.ts'
import { t } from '../../i18n/index.ts'
import { humanFunction, KindBadge } from '../function-words.tsx'

/** One function of an app with a form for its arguments. The outcome is told as that of any other click. */
export function FunctionDialog({ chosen }: { readonly chosen: ChosenFunction }) {
  const { app, fn, initial } = chosen
  const choices = useIdChoices(app, fn.schema)
  const gesture = useRef({ id: newId(), params: '' })
  const submit = async (params: JsonObject): Promise<ActionFailure | undefined> => {
    const text = JSON.stringify(params)
    // A repeated sending of the same values is the same call; other values are another one.
    if (gesture.current.params !== text) gesture.current = { id: newId(), params: text }
    const outcome = await runFunction(app, { function: fn.name, params, gestureId: gesture.current.id })
    if (outcome.kind === 'failed') return outcome.failure
    closePalette()
    return undefined
  }
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && closePalette()}
      owner={app.name}
      title={
        <>
          {humanFunction(fn.name)} <KindBadge kind={fn.actionType} />
        </>
      }
      subtitle={fn.description}
    >
      {choices === null ? (
        <Spinner />
      ) : (
        <SchemaForm
          schema={fn.schema}
          initial={initial}
          choices={choices}
          submitLabel={humanFunction(fn.name)}
          pendingLabel={t('Running')}
          danger={fn.actionType === 'destructive'}
          onCancel={closePalette}
          onSubmit={submit}
        />
      )}
    </Dialog>
  )
}
