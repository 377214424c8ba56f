// Who has signed in.
import { call, get, post, whenSignedOut } from "./api.js";
import { useEffect, useRef, useState } from "./view.js";

/**
 * Give { who, isOver, error, retry, signIn, signOut }: `who` is undefined while it is found out, null
 * for nobody; `isOver` where somebody had signed in, and the server has let that go.
 */
export function useSession() {
  const [who, setWho] = useState(undefined);
  const [error, setError] = useState(null);
  const [isOver, setOver] = useState(false);
  const isIn = useRef(false);
  const enter = (told) => {
    isIn.current = true;
    setOver(false);
    setWho(told);
  };
  const find = () => {
    setError(null);
    get("/console/session").then((told) => (told.account === null ? setWho(null) : enter(told)), setError);
  };
  useEffect(() => {
    whenSignedOut(() => {
      setOver((before) => before || isIn.current);
      isIn.current = false;
      setWho(null);
    });
    find();
  }, []);
  const signIn = async (key) => enter(await post("/console/session", { key }));
  const signOut = async () => {
    await call("DELETE", "/console/session");
    isIn.current = false;
    setWho(null);
  };
  return { who, isOver, error, retry: find, signIn, signOut };
}
