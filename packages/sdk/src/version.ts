/** Version that manifests name as `sdk_version`; above 4.2 so that the floors of registries keep their meaning. */
export const SDK_VERSION = '4.3.0'
