import type { CallAction } from '@imperal/contract/ui'
import { formFields, formValues, UiFunctionName } from '@imperal/contract/ui'
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react'
import { FormContext } from '../forms/form-context.ts'
import { FormStore } from '../forms/form-store.ts'
import { validateForm } from '../forms/validate.ts'
import { RevealContext, useTree } from '../host/context.ts'
import { useAct } from '../host/use-act.ts'
import { Button } from '../parts/button.tsx'
import { InlineError } from '../parts/states.tsx'
import { InnerNodes } from '../tree/node-view.tsx'
import type { ViewProps } from '../tree/view.ts'
import { say } from '../words.ts'

export function FormView({ node, props }: ViewProps<'Form'>) {
  const { editKey } = useTree()
  const act = useAct(node.path, 'form')
  const fields = useMemo(() => formFields(node), [node])
  const initial = useMemo(() => formValues(node), [node])
  const resetKey = JSON.stringify([node.resetToken, props.defaults, editKey])
  const [store] = useState(() => new FormStore(initial, resetKey))
  const [reveal, setReveal] = useState<string | null>(null)
  const element = useRef<HTMLFormElement>(null)
  useLayoutEffect(() => store.sync(initial, resetKey), [store, initial, resetKey])
  useEffect(() => {
    const form = element.current
    const field = fields.find((one) => one.node.path === reveal)
    if (form === null || field === undefined) return
    const focus = () => {
      const box = form.querySelector(`[data-field="${CSS.escape(field.name)}"]`)
      box?.querySelector<HTMLElement>('input, select, textarea, button, [contenteditable]')?.focus()
      if (box !== null) setReveal(null)
    }
    focus()
    // A closed tab draws its fields a moment after it was told to open.
    const observer = new MutationObserver(focus)
    observer.observe(form, { childList: true, subtree: true })
    return () => observer.disconnect()
  }, [reveal, fields])
  const show = (errors: Readonly<Record<string, string>>) => {
    store.setErrors(errors)
    setReveal(fields.find((field) => errors[field.name] !== undefined)?.node.path ?? null)
  }
  const target = UiFunctionName.safeParse(props.action)
  const submit = async () => {
    if (!target.success || act.pending) return
    const errors = validateForm(fields, store.values)
    if (Object.keys(errors).length > 0) return show(errors)
    const action: CallAction = { action: 'call', function: target.data, params: {}, confirm: props.confirm }
    const outcome = await act.run(action, { ...store.values })
    if (outcome?.ok) wipeSecrets()
    else if (outcome?.error.fieldErrors) show(outcome.error.fieldErrors)
  }
  const wipeSecrets = () => {
    for (const field of fields) if (field.node.props.type === 'password') store.set(field.name, '')
  }
  return (
    <FormContext value={{ store, pending: act.pending, submit: () => void submit() }}>
      <RevealContext value={reveal}>
        <form
          ref={element}
          className="im-form"
          noValidate
          aria-busy={act.pending || undefined}
          onSubmit={(event) => {
            event.preventDefault()
            event.stopPropagation()
            void submit()
          }}
        >
          <InnerNodes nodes={props.children} />
          {act.error ? <InlineError>{act.error.message}</InlineError> : null}
          {props.submit_label === '' ? (
            // Enter submits through the browser only when the form has a submit button.
            <button type="submit" hidden disabled={!target.success} />
          ) : (
            <div className="im-form-foot">
              <Button
                type="submit"
                variant="primary"
                disabled={!target.success}
                pending={act.pending}
                pendingLabel={say('Submitting…')}
              >
                {props.submit_label}
              </Button>
            </div>
          )}
        </form>
      </RevealContext>
    </FormContext>
  )
}
