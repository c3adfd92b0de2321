/** A client for each Region, made when it is first asked for. */
export interface ClientsByRegion<Client> {
  of(region: string): Client;
  /** Ends connections that are kept alive. */
  close(): void;
}

export function clientsByRegion<Client extends { destroy(): void }>(make: (region: string) => Client): ClientsByRegion<Client> {
  const clients = new Map<string, Client>();
  return {
    of(region) {
      const client = clients.get(region) ?? make(region);
      clients.set(region, client);
      return client;
    },
    close: () => clients.forEach((client) => client.destroy()),
  };
}
