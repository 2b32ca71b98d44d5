// TypeScript SDK 2.x, both eras on one endpoint.

import { startSdk2 } from './sdk2.mjs';

export const start = () => startSdk2('TypeScript SDK 2.x', 'stateless');
