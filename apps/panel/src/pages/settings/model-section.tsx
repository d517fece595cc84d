import { Alert, Button, ConfirmDialog, SelectField, SwitchField, TextField } from '@imperal/ui-kit'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { chatStatusQuery } from '../../data/chat/status.ts'
import { t } from '../../i18n/index.ts'
import { ModelTestButton } from '../models/model-test.tsx'
import { FailedAlert } from '../parts/failed-alert.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { useForm } from '../parts/use-form.ts'
import { ModelKeyField } from './model-key-field.tsx'
import { type OwnModel, settingsQuery, useChangeSettings, useSaveSettings } from './use-settings.ts'

type Provider = OwnModel['provider']
const PROVIDERS: Readonly<Record<Provider, { label: string; model: string; address: string }>> = {
  anthropic: { label: 'Anthropic', model: 'claude-sonnet-4-5', address: 'https://api.anthropic.com' },
  openai: { label: 'OpenAI', model: 'gpt-5-mini', address: 'https://api.openai.com/v1' },
  google: { label: 'Google', model: 'gemini-2.5-flash', address: 'https://generativelanguage.googleapis.com' },
  openai_compatible: {
    label: t('OpenAI-compatible (Ollama, vLLM, LM Studio)'),
    model: 'qwen3:8b',
    address: 'http://127.0.0.1:11434/v1',
  },
}

/** The person's own language model. */
export function ModelSection() {
  const settings = useQuery(settingsQuery)
  const status = useQuery(chatStatusQuery).data
  return (
    <Loaded query={settings}>
      {({ llm }) => <ModelForm saved={llm} nothing={llm === null && status?.model_available === false} />}
    </Loaded>
  )
}

const startOf = (saved: OwnModel | null) => ({
  provider: saved?.provider ?? ('' as Provider | ''),
  model: saved?.model ?? '',
  base_url: saved?.base_url ?? '',
  routing_model: saved?.routing_model ?? '',
  execution_model: saved?.execution_model ?? '',
  navigate_model: saved?.navigate_model ?? '',
  api_key: '',
  fallback: saved?.byollm_fallback !== 'error',
})
const named = (model: string): string | null => (model.trim() === '' ? null : model.trim())
type Values = ReturnType<typeof startOf>

const problems = (values: Values) => ({
  provider: values.provider === '' ? t('Choose a provider.') : undefined,
  model: values.model.trim() === '' ? t('Enter the name of a model.') : undefined,
  base_url:
    values.provider === 'openai_compatible' && values.base_url.trim() === ''
      ? t('Enter the address at which the model answers.')
      : undefined,
})

const PURPOSES = [
  ['routing_model', t('Understanding and planning')],
  ['execution_model', t('Telling results, and apps that ask a model')],
  ['navigate_model', t('Conversation')],
] as const

/** What stands in the form, to be tried; null: it is not enough yet. */
function tried({ provider, model, base_url, api_key }: Values, keepsKey: boolean) {
  if (provider === '' || model.trim() === '') return null
  if (api_key === '' && !keepsKey && provider !== 'openai_compatible') return null
  return {
    provider,
    model: model.trim(),
    base_url: base_url.trim() === '' ? null : base_url.trim(),
    ...(api_key === '' ? {} : { api_key }),
  }
}

interface ModelFormProps {
  readonly saved: OwnModel | null
  /** Neither this person nor the installation has a model. */
  readonly nothing: boolean
}

function ModelForm({ saved, nothing }: ModelFormProps) {
  const save = useSaveSettings()
  const [done, setDone] = useState(false)
  const form = useForm<Values>({
    initial: startOf(saved),
    check: problems,
    blame: ({ status }) => (status === 400 ? 'base_url' : null),
    send: async (values) => {
      const { provider, model, base_url, api_key, fallback } = values
      if (provider === '') return
      await save({
        llm: {
          provider,
          model: model.trim(),
          base_url: base_url.trim() === '' ? null : base_url.trim(),
          byollm_fallback: fallback ? 'platform' : 'error',
          routing_model: named(values.routing_model),
          execution_model: named(values.execution_model),
          navigate_model: named(values.navigate_model),
          ...(api_key === '' ? {} : { api_key }),
        },
      })
      form.reset({ ...values, api_key: '' })
      setDone(true)
    },
  })
  const { values } = form
  const known = values.provider === '' ? null : PROVIDERS[values.provider]
  // The server drops a key when provider or address change: it was meant for the old ones only.
  const keepsKey =
    saved?.has_key === true && saved.provider === values.provider && (saved.base_url ?? '') === values.base_url.trim()
  return (
    <form {...form.form} className="pg-form">
      {nothing ? (
        <Alert variant="info">
          {t(
            'No language model is set up here: the chat matches words to functions. Choose a provider to use your own, with its key or at the address of a machine of yours. Whoever runs this installation can set one up for everybody.',
          )}
        </Alert>
      ) : null}
      <SelectField
        label={t('Provider')}
        required={saved !== null}
        error={form.errors.provider}
        options={[
          ...(saved ? [] : [{ value: '', label: nothing ? t('None') : t('The installation’s model') }]),
          ...Object.entries(PROVIDERS).map(([value, { label }]) => ({ value, label })),
        ]}
        value={values.provider}
        onValue={(provider) => form.set('provider', provider as Provider)}
      />
      {known ? (
        <>
          <TextField
            {...form.text('model')}
            label={t('Model')}
            required
            placeholder={known.model}
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
          />
          <TextField
            {...form.text('base_url')}
            label={t('Address')}
            required={values.provider === 'openai_compatible'}
            type="url"
            placeholder={known.address}
            description={
              values.provider === 'openai_compatible'
                ? t('Private addresses need the operator’s permission.')
                : t('Leave it empty for the provider’s own.')
            }
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
          />
          <ModelKeyField {...form.text('api_key')} kept={keepsKey} optional={values.provider === 'openai_compatible'} />
          <details className="pg-checks-more">
            <summary>{t('Another model for one purpose')}</summary>
            <div className="pg-form">
              {PURPOSES.map(([name, label]) => (
                <TextField
                  key={name}
                  {...form.text(name)}
                  label={label}
                  placeholder={values.model || known.model}
                  autoComplete="off"
                  autoCapitalize="none"
                  spellCheck={false}
                />
              ))}
            </div>
          </details>
          <SwitchField
            label={t('Fall back to the installation’s model')}
            description={t('When yours does not answer. Otherwise the chat says so and stops.')}
            checked={values.fallback}
            onChecked={(fallback) => form.set('fallback', fallback)}
          />
          <FailedAlert failure={form.failure} />
          <div className="pg-actions">
            <Button
              type="submit"
              variant="primary"
              disabled={!form.changed}
              pending={form.pending}
              pendingLabel={t('Saving')}
            >
              {t('Save model')}
            </Button>
            <ModelTestButton own config={tried(values, keepsKey)} />
            {saved ? <RemoveModel onRemoved={() => form.reset(startOf(null))} /> : null}
            <span role="status" className="pg-help">
              {done && !form.changed ? t('Saved. It is used from the next message on.') : null}
            </span>
          </div>
        </>
      ) : null}
    </form>
  )
}

function RemoveModel({ onRemoved }: { readonly onRemoved: () => void }) {
  const [asking, setAsking] = useState(false)
  const change = useChangeSettings(t('Your model is removed'))
  return (
    <>
      <Button variant="ghost" pending={change.isPending} pendingLabel={t('Removing')} onClick={() => setAsking(true)}>
        {t('Remove…')}
      </Button>
      <ConfirmDialog
        request={
          asking
            ? {
                title: t('Remove your model?'),
                message: t('Its key is erased. Your chats use the model of the installation from then on.'),
                confirmLabel: t('Remove model and key'),
                destructive: true,
              }
            : null
        }
        onAnswer={(accepted) => {
          setAsking(false)
          if (accepted) change.mutate({ llm: null }, { onSuccess: onRemoved })
        }}
      />
    </>
  )
}
