import { Hooks } from '../hooks/index.js';
import {
  createFileArtifactStore,
  createFileBundleStore,
  createNodeHostFacts,
  createProcessToolRunner,
  createWarningLog,
} from '../services/default/index.js';
import { ArtifactStore, BundleStore, HostFacts, Log, NetworkLoader, ToolRunner } from '../services/index.js';
import { createNetworkLoader } from './network-loader.js';
import { coreProvider, type ServiceContainer } from './service-container.js';

/** The services that the core itself provides; plugins may replace them. */
export function bindCoreServices(container: ServiceContainer): void {
  container.bind(coreProvider, ArtifactStore, [], () => createFileArtifactStore());
  container.bind(coreProvider, BundleStore, [], createFileBundleStore);
  container.bind(coreProvider, HostFacts, [], createNodeHostFacts);
  container.bind(coreProvider, Log, [], createWarningLog);
  container.bind(coreProvider, NetworkLoader, [Hooks, Log], createNetworkLoader);
  container.bind(coreProvider, ToolRunner, [], createProcessToolRunner);
}
