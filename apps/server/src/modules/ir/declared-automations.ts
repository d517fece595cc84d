import { automationsOf, type DeclaredAutomation, parseNormalForm, StaleDocument } from '@imperal/ir'
import type { Registry } from '../registry/index.ts'

/** The automations of an app's live version (ir 3.7); none for code, and for a document that is no longer run. */
export async function declaredAutomations(
  registry: Pick<Registry, 'app' | 'liveVersion' | 'artefact'>,
  appId: string,
): Promise<{ appId: string; name: string; automations: readonly DeclaredAutomation[] }> {
  const [app, version] = await Promise.all([registry.app(appId), registry.liveVersion(appId)])
  const none = { appId, name: version?.manifest.name ?? app?.name ?? appId, automations: [] }
  if (version?.format !== 'ir' || version.artefactHash === null) return none
  const artefact = await registry.artefact(version.artefactHash)
  if (artefact === null) return none
  try {
    return { ...none, automations: automationsOf(parseNormalForm(artefact.bundle)) }
  } catch (error) {
    if (error instanceof StaleDocument) return none
    throw error
  }
}
