import type { AnyRule, Rule } from '../define-rule.ts'
import { cacheModel1 } from './cache-model-1.ts'
import { cacheTtl1 } from './cache-ttl-1.ts'
import { eventDecl1 } from './event-decl-1.ts'
import { eventRead1 } from './event-read-1.ts'
import { handler1 } from './handler-1.ts'
import { m1Object } from './m1-object.ts'
import { m2Required } from './m2-required.ts'
import { m3KnownFields } from './m3-known-fields.ts'
import { m4Values } from './m4-values.ts'
import { m5CallableValues } from './m5-callable-values.ts'
import { m6WebhookPaths } from './m6-webhook-paths.ts'
import { m7OwnEvents } from './m7-own-events.ts'
import { m8ExposedNames } from './m8-exposed-names.ts'
import { manifestSkeleton1, manifestSkeleton1Source } from './manifest-skeleton-1.ts'
import { nameAction1 } from './name-action-1.ts'
import { panelSlot1 } from './panel-slot-1.ts'
import { r10Identity } from './r10-identity.ts'
import { sdkVersion1 } from './sdk-version-1.ts'
import { secretDecl1 } from './secret-decl-1.ts'
import { skelGuard1 } from './skel-guard-1.ts'
import { skelGuard2 } from './skel-guard-2.ts'
import { skelGuard3 } from './skel-guard-3.ts'
import { syntax1 } from './syntax-1.ts'
import { uiRecord1 } from './ui-record-1.ts'
import { v1AppId } from './v1-app-id.ts'
import { v2Version } from './v2-version.ts'
import { v3SomethingToCall } from './v3-something-to-call.ts'
import { v4ActionType } from './v4-action-type.ts'
import { v5ReturnsResult } from './v5-returns-result.ts'
import { v6ParamsModel } from './v6-params-model.ts'
import { v7VendorLibraries } from './v7-vendor-libraries.ts'
import { v8ManifestFile } from './v8-manifest-file.ts'
import { v9HealthCheck } from './v9-health-check.ts'
import { v10Event } from './v10-event.ts'
import { v12InstallHook } from './v12-install-hook.ts'
import { v13SkeletonNames } from './v13-skeleton-names.ts'
import { v14Description } from './v14-description.ts'
import { v15DisplayName } from './v15-display-name.ts'
import { v16ToolDescription } from './v16-tool-description.ts'
import { v17Params } from './v17-params.ts'
import { v17ParamsPlace } from './v17-params-place.ts'
import { v18TypedReturn } from './v18-typed-return.ts'
import { v19ExplicitActions } from './v19-explicit-actions.ts'
import { v20Effects } from './v20-effects.ts'
import { v21Icon, v21UploadedIcon } from './v21-icon.ts'
import { v22HookArguments } from './v22-hook-arguments.ts'
import { v23Returns, v24Model } from './v23-returns.ts'
import { v24SkeletonInChat } from './v24-skeleton-in-chat.ts'
import { v25UmbrellaTool } from './v25-umbrella-tool.ts'
import { v31System } from './v31-system.ts'
import { v32ErrorCode } from './v32-error-code.ts'
import { v33ModelName } from './v33-model-name.ts'
import { v34Capabilities } from './v34-capabilities.ts'
import { v35FileSinks } from './v35-file-sinks.ts'

/** Rules of the manifest file (sdk.md 5.3). V11 and V26 to V30 stay free: no other rule may take their ids. */
export const MANIFEST_RULES = [
  m1Object,
  m2Required,
  m3KnownFields,
  m4Values,
  m5CallableValues,
  m6WebhookPaths,
  m7OwnEvents,
  m8ExposedNames,
] as const satisfies readonly Rule<'manifest-file'>[]

/** Rules of the extension, in the order in which they are reported (sdk.md 6.2, 6.3). */
export const EXTENSION_RULES = [
  v1AppId,
  v2Version,
  v3SomethingToCall,
  v4ActionType,
  v6ParamsModel,
  v8ManifestFile,
  v9HealthCheck,
  v10Event,
  v12InstallHook,
  v13SkeletonNames,
  v14Description,
  v15DisplayName,
  v16ToolDescription,
  v17Params,
  v19ExplicitActions,
  v20Effects,
  v21Icon,
  v23Returns,
  v24Model,
  v25UmbrellaTool,
  v31System,
  v33ModelName,
  v34Capabilities,
  v35FileSinks,
  manifestSkeleton1,
  r10Identity,
  eventDecl1,
  eventRead1,
  uiRecord1,
  nameAction1,
] as const satisfies readonly Rule<'manifest' | 'extension' | 'folder'>[]

/** The same for an upload, whose icon comes beside it. */
export const UPLOAD_RULES: readonly AnyRule[] = [...EXTENSION_RULES, v21UploadedIcon]

/** Rules of the sources, which need no loading. */
export const SOURCE_RULES = [
  v5ReturnsResult,
  v7VendorLibraries,
  v17ParamsPlace,
  v18TypedReturn,
  v22HookArguments,
  v24SkeletonInChat,
  v32ErrorCode,
  skelGuard1,
  skelGuard2,
  skelGuard3,
  cacheModel1,
  cacheTtl1,
  manifestSkeleton1Source,
  panelSlot1,
  handler1,
  secretDecl1,
  syntax1,
] as const satisfies readonly Rule<'source'>[]

/** Rules of the manifest file that come last. */
export const FEATURE_RULES = [sdkVersion1] as const satisfies readonly Rule<'manifest'>[]

/** Every rule that there is. */
export const ALL_RULES: readonly AnyRule[] = [...MANIFEST_RULES, ...EXTENSION_RULES, ...SOURCE_RULES, ...FEATURE_RULES]
