import { LlmProvider } from '@imperal/contract'
import { Button, SelectField, TextField } from '@imperal/ui-kit'
import { useState } from 'react'
import { t } from '../../i18n/index.ts'
import { FailedAlert } from '../parts/failed-alert.tsx'
import { useForm } from '../parts/use-form.ts'
import { ModelTestButton } from './model-test.tsx'
import { type ModelsView, useChangeModels } from './queries.ts'

const NAMES: Readonly<Record<LlmProvider, string>> = {
  anthropic: 'Anthropic',
  openai: 'OpenAI',
  google: 'Google',
  openai_compatible: t('OpenAI-compatible (Ollama, vLLM, LM Studio)'),
}

/** The installation's provider, its model and key; empty is what the environment says. */
export function ProviderForm({ view: { config, environment } }: { readonly view: ModelsView }) {
  const save = useChangeModels()
  const [done, setDone] = useState(false)
  const accessOf = (provider: string) =>
    provider === '' ? undefined : (config.providers?.[provider as LlmProvider] ?? undefined)
  const form = useForm({
    initial: {
      provider: (config.provider ?? '') as LlmProvider | '',
      model: config.model ?? '',
      base_url: accessOf(config.provider ?? '')?.base_url ?? '',
      api_key: '',
    },
    check: (values) => ({
      model: values.provider !== '' && values.model.trim() === '' ? t('Enter the name of a model.') : undefined,
      base_url:
        values.provider === 'openai_compatible' && values.base_url.trim() === ''
          ? t('Enter the address at which the model answers.')
          : undefined,
    }),
    blame: ({ status }) => (status === 400 ? 'base_url' : null),
    send: async (values) => {
      if (values.provider === '') await save({ provider: null, model: null })
      else
        await save({
          provider: values.provider,
          model: values.model.trim(),
          providers: {
            [values.provider]: {
              base_url: values.base_url.trim() === '' ? null : values.base_url.trim(),
              ...(values.api_key === '' ? {} : { api_key: values.api_key }),
            },
          },
        })
      form.reset({ ...values, api_key: '' })
      setDone(true)
    },
  })
  const { values } = form
  const kept = accessOf(values.provider)?.api_key
  const ofEnvironment = environment.provider
    ? t('As the environment says: {provider}, {model}', {
        provider: environment.provider,
        model: environment.model ?? '',
      })
    : t('None: the chat matches words to functions')
  const tried =
    values.provider === '' || values.model.trim() === ''
      ? null
      : {
          provider: values.provider,
          model: values.model.trim(),
          ...(values.base_url.trim() === '' ? {} : { base_url: values.base_url.trim() }),
          ...(values.api_key === '' ? {} : { api_key: values.api_key }),
        }
  return (
    <form {...form.form} className="pg-form">
      <SelectField
        label={t('Provider')}
        options={[
          { value: '', label: ofEnvironment },
          ...LlmProvider.options.map((value) => ({ value, label: NAMES[value] })),
        ]}
        value={values.provider}
        onValue={(provider) => {
          form.set('provider', provider as LlmProvider | '')
          form.set('base_url', accessOf(provider)?.base_url ?? '')
        }}
      />
      {values.provider === '' ? null : (
        <>
          <TextField {...form.text('model')} label={t('Model')} required autoComplete="off" spellCheck={false} />
          <TextField
            {...form.text('base_url')}
            label={t('Address')}
            type="url"
            required={values.provider === 'openai_compatible'}
            description={t('Leave it empty for the provider’s own. A key is dropped when its address changes.')}
            autoComplete="off"
            spellCheck={false}
          />
          <TextField
            {...form.text('api_key')}
            label={t('Key')}
            type="password"
            placeholder={kept ?? ''}
            description={
              kept ? t('A key is stored. Leave it empty to keep it.') : t('It is sealed and never shown again.')
            }
            autoComplete="off"
            spellCheck={false}
          />
        </>
      )}
      <FailedAlert failure={form.failure} />
      <div className="pg-actions">
        <Button
          type="submit"
          variant="primary"
          disabled={!form.changed}
          pending={form.pending}
          pendingLabel={t('Saving')}
        >
          {t('Save provider')}
        </Button>
        <ModelTestButton own={false} config={tried} />
        <span role="status" className="pg-help">
          {done && !form.changed ? t('Saved. Every process follows within seconds.') : null}
        </span>
      </div>
    </form>
  )
}
