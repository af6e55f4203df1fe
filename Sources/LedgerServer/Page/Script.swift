/// The one script, which the files of `Script` are part by part: what pages do more where there is JavaScript. None of
/// them needs it.
enum Script {
  static let text = String(
    decoding: [
      PackageResources.page_js, PackageResources.drop_js, PackageResources.menu_js,
      PackageResources.dialog_js,
      PackageResources.slider_js, PackageResources.live_js, PackageResources.note_js,
      PackageResources.bundle_js, PackageResources.audit_js,
      // What is on the page is started when all the rest is known.
      PackageResources.start_js,
    ].joined(), as: UTF8.self)
}
