// Who has signed in.
import { call, get, post, whenSignedOut } from "./api.js";
import { useEffect, useState } from "./view.js";

/** Give { who, signIn, signOut }: `who` is undefined while it is found out, null for nobody. */
export function useSession() {
  const [who, setWho] = useState(undefined);
  useEffect(() => {
    whenSignedOut(() => setWho(null));
    get("/console/session").then(setWho, (error) => {
      if (error.status !== 401) throw error;
    });
  }, []);
  const signIn = async (key) => setWho(await post("/console/session", { key }));
  const signOut = async () => {
    await call("DELETE", "/console/session");
    setWho(null);
  };
  return { who, signIn, signOut };
}
